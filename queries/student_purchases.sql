-- question: What has this student bought or tried to buy?
-- grain: transaction_id
-- param: student_id integer
select
    transaction_id,
    school_id,
    created_date,
    plan_name,
    transaction_type,
    payment_status,
    hours,
    hours_source,
    grants,
    is_granted,
    currency,
    amount,
    amount_refunded,
    stripe_payment_intent_id,
from purchases
where student_id = $student_id
order by created_at desc, transaction_id desc
