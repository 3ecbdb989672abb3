-- question: Which transactions of this student match, newest first?
-- grain: transaction_id
-- note: from_date and through_date are days of the school, both included
-- note: transactions_matching counts all that match, whatever the page
-- note: after_at and after_id: the created_at and transaction_id of the last row already seen
-- param: student_id integer
-- param: payment_status text null
-- param: transaction_type text null
-- param: from_date date null
-- param: through_date date null
-- param: after_at instant null
-- param: after_id integer null
-- param: limit integer 20
-- param: offset integer 0
with matching as (
    select
        *,
        count(*) over () as transactions_matching,
    from purchases
    where student_id = $student_id
        and ($payment_status::varchar is null or payment_status = $payment_status)
        and ($transaction_type::varchar is null or transaction_type = $transaction_type)
        and ($from_date::date is null or created_date >= $from_date)
        and ($through_date::date is null or created_date <= $through_date)
)

select
    matching.transaction_id,
    matching.student_id,
    matching.school_id,
    schools.name as school_name,
    transaction_type,
    payment_status,
    amount,
    amount_refunded,
    matching.currency,
    plan_id,
    plan_name,
    hours,
    grants,
    created_at,
    created_date,
    expires_at,
    (expires_at at time zone coalesce(schools.timezone, 'UTC'))::date as expires_date,
    updated_at,
    stripe_payment_intent_id,
    transactions_matching,
from matching
left join schools using (school_id)
where $after_id::bigint is null
    or created_at < $after_at
    or (created_at = $after_at and transaction_id < $after_id)
order by created_at desc, transaction_id desc
limit $limit offset $offset
