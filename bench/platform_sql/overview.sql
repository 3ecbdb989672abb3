-- The overview's questions, asked of the platform's own tables.
with used as (
    select
        consumption.purchase_transaction_id as package_id,
        consumption.student_account_id,
        session.date,
        session.start_time,
        session.school_id,
        session.status,
        case
            when not consumption.is_refunded then consumption.hours_consumed
            when session.status = 'cancelled' then 0
            when consumption.hours_originally_reserved > consumption.hours_consumed then consumption.hours_consumed
            else 0
        end as hours
    from finances_hourconsumption as consumption
    join finances_classsession as session on session.id = consumption.class_session_id
),

granted as (
    select
        purchase.id as package_id,
        purchase.student_id,
        purchase.amount,
        purchase.created_at,
        purchase.expires_at,
        coalesce(
            case when purchase.metadata ->> 'hours_included' ~ '^[0-9]+([.][0-9]+)?$'
                then (purchase.metadata ->> 'hours_included')::numeric end,
            case when purchase.metadata ->> 'hours' ~ '^[0-9]+([.][0-9]+)?$'
                then (purchase.metadata ->> 'hours')::numeric end,
            plan.hours_included,
            0
        ) as hours
    from finances_purchasetransaction as purchase
    left join finances_pricingplan as plan on plan.id::text = purchase.metadata ->> 'plan_id'
    where purchase.payment_status in ('completed', 'refunded') and purchase.created_at <= now()
),

packages as (
    select
        granted.*,
        coalesce(sum(used.hours), 0) as hours_used,
        greatest(granted.hours - coalesce(sum(used.hours), 0), 0) as hours_left
    from granted
    left join used using (package_id)
    group by granted.package_id, granted.student_id, granted.amount, granted.created_at, granted.expires_at, granted.hours
)
select
    count(distinct student_id) filter (where hours_left > 0 and (expires_at is null or expires_at > now())) as students_with_hours,
    sum(hours_left) filter (where expires_at is null or expires_at > now()) as hours_usable,
    sum(hours_left) filter (where expires_at > now() and expires_at < now() + interval '30 days') as hours_expiring,
    sum(round(amount * hours_left / nullif(hours, 0), 2)) as amount_deferred
from packages;

with used as (
    select
        consumption.purchase_transaction_id as package_id,
        consumption.student_account_id,
        session.date,
        session.start_time,
        session.school_id,
        session.status,
        case
            when not consumption.is_refunded then consumption.hours_consumed
            when session.status = 'cancelled' then 0
            when consumption.hours_originally_reserved > consumption.hours_consumed then consumption.hours_consumed
            else 0
        end as hours
    from finances_hourconsumption as consumption
    join finances_classsession as session on session.id = consumption.class_session_id
    where session.date >= current_date - 182
)
select date, sum(hours) as hours, count(distinct student_account_id) as students
from used
where date >= current_date - 30 and date <= current_date
group by date
order by date;

with used as (
    select
        consumption.purchase_transaction_id as package_id,
        consumption.student_account_id,
        session.date,
        session.start_time,
        session.school_id,
        session.status,
        case
            when not consumption.is_refunded then consumption.hours_consumed
            when session.status = 'cancelled' then 0
            when consumption.hours_originally_reserved > consumption.hours_consumed then consumption.hours_consumed
            else 0
        end as hours
    from finances_hourconsumption as consumption
    join finances_classsession as session on session.id = consumption.class_session_id
    where session.date >= current_date - 182
)
select date_trunc('week', date) as week, school_id, sum(hours) as hours
from used
where date <= current_date
group by week, school_id
order by week, school_id;

with used as (
    select
        consumption.purchase_transaction_id as package_id,
        consumption.student_account_id,
        session.date,
        session.start_time,
        session.school_id,
        session.status,
        case
            when not consumption.is_refunded then consumption.hours_consumed
            when session.status = 'cancelled' then 0
            when consumption.hours_originally_reserved > consumption.hours_consumed then consumption.hours_consumed
            else 0
        end as hours
    from finances_hourconsumption as consumption
    join finances_classsession as session on session.id = consumption.class_session_id
),

granted as (
    select
        purchase.id as package_id,
        purchase.student_id,
        purchase.amount,
        purchase.created_at,
        purchase.expires_at,
        coalesce(
            case when purchase.metadata ->> 'hours_included' ~ '^[0-9]+([.][0-9]+)?$'
                then (purchase.metadata ->> 'hours_included')::numeric end,
            case when purchase.metadata ->> 'hours' ~ '^[0-9]+([.][0-9]+)?$'
                then (purchase.metadata ->> 'hours')::numeric end,
            plan.hours_included,
            0
        ) as hours
    from finances_purchasetransaction as purchase
    left join finances_pricingplan as plan on plan.id::text = purchase.metadata ->> 'plan_id'
    where purchase.payment_status in ('completed', 'refunded') and purchase.created_at <= now()
),

packages as (
    select
        granted.*,
        coalesce(sum(used.hours), 0) as hours_used,
        greatest(granted.hours - coalesce(sum(used.hours), 0), 0) as hours_left
    from granted
    left join used using (package_id)
    group by granted.package_id, granted.student_id, granted.amount, granted.created_at, granted.expires_at, granted.hours
)
select date_trunc('week', expires_at) as week, sum(hours_left) as hours
from packages
where expires_at > now() and expires_at < now() + interval '90 days'
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
        case
            when not consumption.is_refunded then consumption.hours_consumed
            when session.status = 'cancelled' then 0
            when consumption.hours_originally_reserved > consumption.hours_consumed then consumption.hours_consumed
            else 0
        end as hours
    from finances_hourconsumption as consumption
    join finances_classsession as session on session.id = consumption.class_session_id
),

granted as (
    select
        purchase.id as package_id,
        purchase.student_id,
        purchase.amount,
        purchase.created_at,
        purchase.expires_at,
        coalesce(
            case when purchase.metadata ->> 'hours_included' ~ '^[0-9]+([.][0-9]+)?$'
                then (purchase.metadata ->> 'hours_included')::numeric end,
            case when purchase.metadata ->> 'hours' ~ '^[0-9]+([.][0-9]+)?$'
                then (purchase.metadata ->> 'hours')::numeric end,
            plan.hours_included,
            0
        ) as hours
    from finances_purchasetransaction as purchase
    left join finances_pricingplan as plan on plan.id::text = purchase.metadata ->> 'plan_id'
    where purchase.payment_status in ('completed', 'refunded') and purchase.created_at <= now()
),

packages as (
    select
        granted.*,
        coalesce(sum(used.hours), 0) as hours_used,
        greatest(granted.hours - coalesce(sum(used.hours), 0), 0) as hours_left
    from granted
    left join used using (package_id)
    group by granted.package_id, granted.student_id, granted.amount, granted.created_at, granted.expires_at, granted.hours
),

balances as (
    select student_id, sum(hours_left) as hours_left
    from packages
    where expires_at is null or expires_at > now()
    group by student_id
),

paces as (
    select account.student_id, sum(used.hours) / 8 as pace_per_week, max(used.date) as last_class
    from used
    join finances_studentaccountbalance as account on account.id = used.student_account_id
    where used.date between current_date - 56 and current_date
    group by account.student_id
)

select person.id, person.name, balances.hours_left, paces.pace_per_week, paces.last_class
from balances
join paces using (student_id)
join accounts_customuser as person on person.id = balances.student_id
where balances.hours_left < paces.pace_per_week * 2
order by balances.hours_left / nullif(paces.pace_per_week, 0), person.id
limit 10;
