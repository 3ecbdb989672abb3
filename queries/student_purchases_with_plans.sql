-- question: Which completed purchases has this student made, of which plan, and what is left of each, newest first?
-- grain: transaction_id
-- note: plan_* columns after plan_name describe the plan as it is now; hours and price are as bought
-- note: purchases_matching counts all that match, whatever the page
-- note: active only: valid now, with hours left
-- param: student_id integer
-- param: active_only boolean false
-- param: after_at instant null
-- param: after_id integer null
-- param: limit integer 20
-- param: offset integer 0
with matching as (
    select
        purchases.*,
        packages.* exclude (package_id, student_id, school_id, plan_id, plan_name, transaction_type, currency,
            amount_refunded, expires_at),
        coalesce(packages.expires_at, purchases.expires_at) as valid_until,
        count(*) over () as purchases_matching,
    from purchases
    left join packages on packages.package_id = purchases.transaction_id
    where purchases.student_id = $student_id
        and payment_status = 'completed'
        and (not $active_only or packages.status = 'active')
)

select
    matching.transaction_id,
    matching.school_id,
    matching.transaction_type,
    matching.payment_status,
    matching.amount,
    matching.amount_refunded,
    matching.currency,
    matching.plan_id,
    matching.plan_name,
    plans.name as plan_current_name,
    plans.description as plan_description,
    plans.plan_type,
    plans.hours_included as plan_hours_included,
    plans.price as plan_price,
    plans.validity_days as plan_validity_days,
    matching.hours as hours_included,
    matching.status,
    coalesce(matching.hours_consumed, 0)::decimal(12,2) as hours_consumed,
    coalesce(matching.hours_reserved, 0)::decimal(12,2) as hours_reserved,
    coalesce(matching.hours_expired, 0)::decimal(12,2) as hours_expired,
    coalesce(matching.hours_voided, 0)::decimal(12,2) as hours_voided,
    coalesce(matching.hours_deducted, 0)::decimal(12,2) as hours_deducted,
    coalesce(matching.hours_remaining, 0)::decimal(12,2) as hours_remaining,
    matching.created_at,
    matching.created_date,
    matching.valid_until as expires_at,
    matching.expires_date,
    matching.days_until_expiry,
    matching.purchases_matching,
from matching
left join plans on plans.plan_id = matching.plan_id
where $after_id::bigint is null
    or matching.created_at < $after_at
    or (matching.created_at = $after_at and matching.transaction_id < $after_id)
order by matching.created_at desc, matching.transaction_id desc
limit $limit offset $offset
