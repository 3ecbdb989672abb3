-- One student's packages, classes, purchases and usage.
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
    where consumption.student_account_id in (select id from finances_studentaccountbalance where student_id = :student_id)
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
    where purchase.payment_status in ('completed', 'refunded') and purchase.created_at <= now() and purchase.student_id = :student_id
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
select *, hours_left
from packages
order by created_at desc;

select consumption.*, session.date, session.start_time, session.status, session.session_type, teacher.specialty
from finances_hourconsumption as consumption
join finances_studentaccountbalance as account on account.id = consumption.student_account_id
join finances_classsession as session on session.id = consumption.class_session_id
left join accounts_teacherprofile as teacher on teacher.id = session.teacher_id
where account.student_id = :student_id
order by session.date desc, session.start_time desc
limit 50;

select * from finances_purchasetransaction where student_id = :student_id order by created_at desc;

select date_trunc('month', session.date) as month, sum(consumption.hours_consumed) as hours
from finances_hourconsumption as consumption
join finances_studentaccountbalance as account on account.id = consumption.student_account_id
join finances_classsession as session on session.id = consumption.class_session_id
where account.student_id = :student_id
group by month
order by month;

select * from finances_studentaccountbalance where student_id = :student_id;
