-- question: Which money was given back in a period?
-- grain: refund_id
-- note: the period is half-open, by the school's days; refunds that count by now
-- param: school_id integer null
-- param: since date
-- param: until date
select
    refunds.refund_id,
    refunds.transaction_id,
    refunds.school_id,
    refunds.student_id,
    students.name as student_name,
    refunds.refunded_at,
    refunds.refunded_date,
    refunds.status,
    refunds.stripe_refund_id,
    refunds.currency,
    refunds.amount,
    purchases.amount as amount_paid,
    purchases.payment_status,
    purchases.plan_name,
    purchases.created_date as purchased_date,
from refunds
join purchases on purchases.transaction_id = refunds.transaction_id
left join students on students.student_id = refunds.student_id
where ($school_id::bigint is null or refunds.school_id = $school_id)
    and refunds.refunded_date >= $since
    and refunds.refunded_date < $until
order by refunds.refunded_at, refunds.refund_id like '%:full', refunds.refund_id
