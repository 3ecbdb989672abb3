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
        case when json_type(refund, '$.stripe_refund_id') = 'VARCHAR' then written_line(json_extract_string(refund, '$.stripe_refund_id'), 255) end as stripe_refund_id,
    from listed
    where json_type(refund) = 'OBJECT'
),
named as (
    select
        *,
        stripe_refund_id is not null and row_number() over (partition by transaction_id, stripe_refund_id order by position) > 1 as is_again,
    from read
),
counted as (
    select
        purchases.transaction_id,
        read.position,
        coalesce(case when read.processed_at between '0001-01-02 00:00:00+00' and '9999-12-31 23:59:59.999999+00' then read.processed_at end, purchases.updated_at) as refunded_at,
        (two_places(read.amount) * 100)::bigint as cents,
        purchases.payment_status = 'refunded' as ends_refunded,
        purchases.updated_at,
        case when regexp_full_match(read.status, '[a-z][a-z_ -]{0,39}') then read.status end as status,
        stripe_refund_id,
        -- One id may be listed twice; a made-up one must not look like a position.
        case
            when regexp_full_match(stripe_refund_id, '[A-Za-z]+_[A-Za-z0-9_]+')
                then stripe_refund_id || case when is_again then ':' || position else '' end
            else position::varchar
        end as refund_key,
    from named as read
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
    status,
    stripe_refund_id,
    refund_key,
from counted
union all
select
    transaction_id,
    0 as position,
    updated_at as refunded_at,
    0 as cents,
    true as is_full,
    updated_at,
    null as status,
    null as stripe_refund_id,
    'full' as refund_key,
from stage_purchases
where payment_status = 'refunded' and grants and transaction_id not in (select transaction_id from counted)
