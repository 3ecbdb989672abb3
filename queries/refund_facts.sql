-- question: What was given back on each of these purchases, refund by refund?
-- grain: refund_id
-- note: refunds that count by now; amount_left is what was left of the price after each
-- note: at one instant the listed ones come first, then what went back without being listed
-- param: transaction_ids integers
select
    refunds.refund_id,
    refunds.transaction_id,
    refunds.student_id,
    refunds.school_id,
    refunds.refunded_at,
    refunds.refunded_date,
    refunds.status,
    refunds.stripe_refund_id,
    refunds.currency,
    refunds.amount,
    purchases.amount as amount_paid,
    (purchases.amount - sum(refunds.amount) over so_far)::decimal(14,2) as amount_left,
    purchases.payment_status,
    purchases.plan_name,
from refunds
join purchases on purchases.transaction_id = refunds.transaction_id
where refunds.transaction_id in (select unnest($transaction_ids::bigint[]))
window so_far as (
    partition by refunds.transaction_id
    order by refunds.refunded_at, refunds.refund_id like '%:full', refunds.refund_id
)
order by refunds.transaction_id, refunds.refunded_at, refunds.refund_id like '%:full', refunds.refund_id
