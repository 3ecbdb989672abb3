-- question: Which packages has this student bought, and what became of their hours?
-- grain: package_id
-- note: newest first, those with hours left before the others
-- param: student_id integer
select
    package_id,
    school_id,
    plan_name,
    transaction_type,
    status,
    hours_granted,
    hours_upcoming,
    hours_consumed,
    hours_reserved,
    hours_returned,
    hours_deducted,
    hours_expired,
    hours_voided,
    hours_remaining,
    currency,
    price,
    amount_upcoming,
    amount_recognised,
    amount_breakage,
    amount_refunded,
    amount_deferred,
    purchased_date,
    expires_date,
    days_until_expiry,
from packages
where student_id = $student_id
order by
    case status when 'active' then 1 when 'upcoming' then 2 else 3 end,
    purchased_at desc,
    package_id
