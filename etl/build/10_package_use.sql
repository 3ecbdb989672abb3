-- Packages that granted, and how they are booked on: enough to know which histories are simple and whose cents are whole.
-- grain: package_id
create or replace temp table build_packages as
with
uses as (
    select
        rows.booked_package_id as package_id,
        sum(rows.booked) as booked,
        bool_and(
            (purchases.amount * 100)::bigint * (rows.booked * 100)::bigint % greatest((purchases.hours * 100)::bigint, 1) = 0
            and (purchases.amount * 100)::bigint * (rows.returned * 100)::bigint % greatest((purchases.hours * 100)::bigint, 1) = 0
        ) as is_exact,
    from stage_consumptions as rows
    join stage_purchases as purchases on purchases.transaction_id = rows.booked_package_id
    where rows.booked > 0 and rows.is_own
    group by rows.booked_package_id
)
select
    purchases.transaction_id as package_id,
    purchases.student_id,
    purchases.school_id,
    purchases.hours,
    (purchases.hours * 100)::bigint as granted,
    greatest((purchases.amount * 100)::bigint, 0) as price_cents,
    purchases.amount,
    purchases.created_at,
    purchases.updated_at,
    purchases.hours_source,
    -- A package bought after its own expiry expires as it is granted.
    case when purchases.expires_at is not null then greatest(purchases.expires_at, purchases.created_at) end as expired_at,
    coalesce(uses.booked, 0) as booked,
    coalesce(uses.is_exact, true) as is_exact,
from stage_purchases as purchases
left join uses on uses.package_id = purchases.transaction_id
where purchases.is_granted
