-- question: Which purchases of a period should have a receipt?
-- grain: transaction_id
-- note: paid for (an amount above 0), of a school, and not dated ahead; in the order in which they were made
-- note: the period is half-open, by the school's days; refunded ones were paid too and can be included
-- param: school_id integer null
-- param: since date
-- param: until date
-- param: include_refunded boolean false
select
    purchases.transaction_id,
    purchases.school_id,
    purchases.student_id,
    students.name as student_name,
    purchases.created_at,
    purchases.created_date,
    purchases.plan_name,
    purchases.payment_status,
    purchases.currency,
    purchases.amount,
    purchases.amount_refunded,
from purchases
left join students on students.student_id = purchases.student_id
where purchases.is_granted
    and purchases.school_id is not null
    and ($school_id::bigint is null or purchases.school_id = $school_id)
    and purchases.created_date >= $since
    and purchases.created_date < $until
    and purchases.amount > 0
    and (purchases.payment_status = 'completed' or $include_refunded)
order by purchases.created_at, purchases.transaction_id
