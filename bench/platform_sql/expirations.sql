-- What will expire, by window, by week, and the first page of the list.
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
    sum(hours_left) filter (where expires_at < now() + interval '7 days') as in_7_days,
    sum(hours_left) filter (where expires_at < now() + interval '14 days') as in_14_days,
    sum(hours_left) filter (where expires_at < now() + interval '30 days') as in_30_days,
    sum(hours_left) filter (where expires_at < now() + interval '60 days') as in_60_days,
    sum(hours_left) filter (where expires_at < now() + interval '90 days') as in_90_days,
    sum(round(amount * hours_left / nullif(hours, 0), 2)) filter (where expires_at < now() + interval '30 days') as amount
from packages
where expires_at > now();

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
)
select person.name, packages.*
from packages
join accounts_customuser as person on person.id = packages.student_id
where expires_at > now() and expires_at < now() + interval '30 days' and hours_left > 0
order by expires_at, package_id
limit 50;

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
select date_trunc('month', expires_at) as month, sum(hours_left) as hours_expired
from packages
where expires_at <= now()
group by month
order by month;
