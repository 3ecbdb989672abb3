-- The first page of balances, and how many there are.
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
    person.id,
    person.name,
    person.email,
    sum(packages.hours) as hours_purchased,
    sum(packages.hours_used) as hours_consumed,
    sum(packages.hours_left) filter (where packages.expires_at is null or packages.expires_at > now()) as hours_left,
    min(packages.expires_at) filter (where packages.hours_left > 0 and packages.expires_at > now()) as next_expiry,
    count(*) over () as students_matching
from accounts_customuser as person
join packages on packages.student_id = person.id
group by person.id, person.name, person.email
order by lower(person.name), person.id
limit 50;
