-- Usage of the last 90 days, by week, school, teacher, kind, grade, hour of the week, and the rates by month.
with used as (
    select
        consumption.purchase_transaction_id as package_id,
        consumption.student_account_id,
        session.date,
        session.start_time,
        session.school_id,
        session.status,
        session.teacher_id,
        session.session_type,
        session.grade_level,
        case
            when not consumption.is_refunded then consumption.hours_consumed
            when session.status = 'cancelled' then 0
            when consumption.hours_originally_reserved > consumption.hours_consumed then consumption.hours_consumed
            else 0
        end as hours
    from finances_hourconsumption as consumption
    join finances_classsession as session on session.id = consumption.class_session_id
    where session.date >= current_date - 90 and session.date <= current_date
)
select date_trunc('week', date) as week, count(*) as classes, sum(hours) as hours
from used
group by week
order by week;

with used as (
    select
        consumption.purchase_transaction_id as package_id,
        consumption.student_account_id,
        session.date,
        session.start_time,
        session.school_id,
        session.status,
        session.teacher_id,
        session.session_type,
        session.grade_level,
        case
            when not consumption.is_refunded then consumption.hours_consumed
            when session.status = 'cancelled' then 0
            when consumption.hours_originally_reserved > consumption.hours_consumed then consumption.hours_consumed
            else 0
        end as hours
    from finances_hourconsumption as consumption
    join finances_classsession as session on session.id = consumption.class_session_id
    where session.date >= current_date - 90 and session.date <= current_date
)
select school_id, count(*) as classes, sum(hours) as hours
from used
group by school_id
order by school_id;

with used as (
    select
        consumption.purchase_transaction_id as package_id,
        consumption.student_account_id,
        session.date,
        session.start_time,
        session.school_id,
        session.status,
        session.teacher_id,
        session.session_type,
        session.grade_level,
        case
            when not consumption.is_refunded then consumption.hours_consumed
            when session.status = 'cancelled' then 0
            when consumption.hours_originally_reserved > consumption.hours_consumed then consumption.hours_consumed
            else 0
        end as hours
    from finances_hourconsumption as consumption
    join finances_classsession as session on session.id = consumption.class_session_id
    where session.date >= current_date - 90 and session.date <= current_date
)
select teacher_id, count(*) as classes, sum(hours) as hours
from used
group by teacher_id
order by teacher_id;

with used as (
    select
        consumption.purchase_transaction_id as package_id,
        consumption.student_account_id,
        session.date,
        session.start_time,
        session.school_id,
        session.status,
        session.teacher_id,
        session.session_type,
        session.grade_level,
        case
            when not consumption.is_refunded then consumption.hours_consumed
            when session.status = 'cancelled' then 0
            when consumption.hours_originally_reserved > consumption.hours_consumed then consumption.hours_consumed
            else 0
        end as hours
    from finances_hourconsumption as consumption
    join finances_classsession as session on session.id = consumption.class_session_id
    where session.date >= current_date - 90 and session.date <= current_date
)
select session_type, count(*) as classes, sum(hours) as hours
from used
group by session_type
order by session_type;

with used as (
    select
        consumption.purchase_transaction_id as package_id,
        consumption.student_account_id,
        session.date,
        session.start_time,
        session.school_id,
        session.status,
        session.teacher_id,
        session.session_type,
        session.grade_level,
        case
            when not consumption.is_refunded then consumption.hours_consumed
            when session.status = 'cancelled' then 0
            when consumption.hours_originally_reserved > consumption.hours_consumed then consumption.hours_consumed
            else 0
        end as hours
    from finances_hourconsumption as consumption
    join finances_classsession as session on session.id = consumption.class_session_id
    where session.date >= current_date - 90 and session.date <= current_date
)
select grade_level, count(*) as classes, sum(hours) as hours
from used
group by grade_level
order by grade_level;

with used as (
    select
        consumption.purchase_transaction_id as package_id,
        consumption.student_account_id,
        session.date,
        session.start_time,
        session.school_id,
        session.status,
        session.teacher_id,
        session.session_type,
        session.grade_level,
        case
            when not consumption.is_refunded then consumption.hours_consumed
            when session.status = 'cancelled' then 0
            when consumption.hours_originally_reserved > consumption.hours_consumed then consumption.hours_consumed
            else 0
        end as hours
    from finances_hourconsumption as consumption
    join finances_classsession as session on session.id = consumption.class_session_id
    where session.date >= current_date - 90 and session.date <= current_date
)
select extract(isodow from date) as day, extract(hour from start_time) as hour, count(*) as classes, sum(hours) as hours
from used
group by day, hour
order by day, hour;

with used as (
    select
        consumption.purchase_transaction_id as package_id,
        consumption.student_account_id,
        session.date,
        session.start_time,
        session.school_id,
        session.status,
        session.teacher_id,
        session.session_type,
        session.grade_level,
        case
            when not consumption.is_refunded then consumption.hours_consumed
            when session.status = 'cancelled' then 0
            when consumption.hours_originally_reserved > consumption.hours_consumed then consumption.hours_consumed
            else 0
        end as hours
    from finances_hourconsumption as consumption
    join finances_classsession as session on session.id = consumption.class_session_id
    where session.date >= current_date - 90 and session.date <= current_date
)
select date_trunc('month', date) as month, status, count(*) as classes, sum(hours) as hours
from used
group by month, status
order by month, status;

with used as (
    select
        consumption.purchase_transaction_id as package_id,
        consumption.student_account_id,
        session.date,
        session.start_time,
        session.school_id,
        session.status,
        session.teacher_id,
        session.session_type,
        session.grade_level,
        case
            when not consumption.is_refunded then consumption.hours_consumed
            when session.status = 'cancelled' then 0
            when consumption.hours_originally_reserved > consumption.hours_consumed then consumption.hours_consumed
            else 0
        end as hours
    from finances_hourconsumption as consumption
    join finances_classsession as session on session.id = consumption.class_session_id
    where session.date >= current_date - 90 and session.date <= current_date
)
select true as all_of_it, count(*) as classes, sum(hours) as hours
from used
group by all_of_it
order by all_of_it;
