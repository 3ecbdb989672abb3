-- How fresh the platform is, how many rows it has, and whose counter differs from the rows.
select
    (select max(updated_at) from finances_hourconsumption) as latest_change,
    (select count(*) from finances_hourconsumption) as consumptions,
    (select count(*) from finances_purchasetransaction) as purchases,
    (select count(*) from finances_classsession) as sessions,
    (select count(*) from accounts_customuser) as users;

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

balances as (select student_id, sum(hours_left) as hours_left from packages group by student_id)

select account.student_id, account.hours_purchased - account.hours_consumed - balances.hours_left as drift
from finances_studentaccountbalance as account
join balances using (student_id)
where account.hours_purchased - account.hours_consumed <> balances.hours_left
order by abs(account.hours_purchased - account.hours_consumed - balances.hours_left) desc
limit 50;
