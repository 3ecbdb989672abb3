-- Money given back on purchases that grant: one row per refund; the one that makes it full takes all that is left.
-- grain: transaction_id, position
create or replace temp table stage_refunds as
with
listed as (
    select
        transaction_id,
        unnest(json_extract(document, '$.refunds[*]')) as refund,
        generate_subscripts(json_extract(document, '$.refunds[*]'), 1) as position,
    from stage_purchases
    where grants and refunds_type = 'ARRAY'
),
read as (
    select
        transaction_id,
        position,
        plain_number(json_extract_string(refund, '$.refund_amount')) as amount,
        lower(trim(coalesce(json_extract_string(refund, '$.refund_status'), ''))) as status,
        try_cast(json_extract_string(refund, '$.refund_processed_at') as timestamptz) as processed_at,
    from listed
    where json_type(refund) = 'OBJECT'
),
counted as (
    select
        purchases.transaction_id,
        read.position,
        coalesce(case when read.processed_at between '0001-01-02 00:00:00+00' and '9999-12-31 23:59:59.999999+00' then read.processed_at end, purchases.updated_at) as refunded_at,
        (two_places(read.amount) * 100)::bigint as cents,
        purchases.payment_status = 'refunded' as ends_refunded,
        purchases.updated_at,
    from read
    join stage_purchases as purchases on purchases.transaction_id = read.transaction_id
    where two_places(read.amount) > 0
        and read.amount < 100000000
        and read.status not in ('failed', 'canceled', 'cancelled', 'pending', 'requires_action', 'requires_confirmation', 'rejected')
)
select
    transaction_id,
    position,
    refunded_at,
    cents,
    ends_refunded
        and row_number() over (partition by transaction_id order by refunded_at desc, cents desc, position desc) = 1 as is_full,
    updated_at,
from counted
union all
select
    transaction_id,
    0 as position,
    updated_at as refunded_at,
    0 as cents,
    true as is_full,
    updated_at,
from stage_purchases
where payment_status = 'refunded' and grants and transaction_id not in (select transaction_id from counted)
