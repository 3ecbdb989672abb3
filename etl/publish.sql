-- Puts what was built into the snapshot, sorted by student so that one student's rows lie together.
insert into snap.purchases
select
    purchases.transaction_id,
    purchases.student_id,
    purchases.school_id,
    purchases.transaction_type,
    purchases.payment_status,
    purchases.amount,
    purchases.currency,
    purchases.plan_id,
    purchases.plan_name,
    purchases.hours,
    purchases.hours_source,
    coalesce(-refunded.amount, 0)::decimal(14,2) as amount_refunded,
    purchases.grants,
    purchases.is_granted,
    purchases.created_at,
    school_day(purchases.created_at, purchases.timezone) as created_date,
    purchases.expires_at,
    purchases.updated_at,
    purchases.stripe_payment_intent_id,
    billing.billing_name,
    billing.billing_address,
    billing.billing_country,
    billing.billing_tax_id,
    billing.card_brand,
    billing.card_last4,
    billing.subscription_period,
from stage_purchases as purchases
left join stage_billing as billing on billing.transaction_id = purchases.transaction_id
left join (
    select package_id, sum(amount) as amount from build_entries where kind = 'voided' group by package_id
) as refunded on refunded.package_id = purchases.transaction_id
order by purchases.student_id, purchases.transaction_id;

-- The same rules as the ledger's, told anew: a check compares what each says was given back.
insert into snap.refunds
with
dated as (
    select
        purchases.transaction_id,
        refunds.refund_key,
        purchases.student_id,
        purchases.school_id,
        purchases.currency,
        purchases.timezone,
        greatest(refunds.refunded_at, purchases.created_at) as refunded_at,
        refunds.status,
        refunds.stripe_refund_id,
        refunds.is_full,
        purchases.amount * 100 as price_cents,
        refunds.cents,
        coalesce(sum(refunds.cents) over earlier, 0) as cents_before,
    from stage_refunds as refunds
    join stage_purchases as purchases on purchases.transaction_id = refunds.transaction_id
    where purchases.is_granted
    window earlier as (
        partition by refunds.transaction_id
        order by refunds.refunded_at, refunds.is_full, refunds.cents, refunds.position
        rows between unbounded preceding and 1 preceding
    )
),
priced as (
    select
        *,
        -- What came before may have been more than the price; a negative price goes back whole or not at all.
        price_cents - least(cents_before, greatest(price_cents, 0)) as left_cents,
    from dated
),
given as (
    select
        *,
        case when is_full then left_cents else greatest(least(cents, left_cents), 0) end as given_cents,
    from priced
    where refunded_at <= getvariable('as_of')
),
-- A purchase marked refunded gave back more than is listed: the listed refund keeps its amount, the rest has its own id.
parts as (
    select * replace (greatest(least(cents, given_cents), 0) as given_cents)
    from given
    union all
    select * replace (
        given_cents - greatest(least(cents, given_cents), 0) as given_cents, 'full' as refund_key, null as status, null as stripe_refund_id
    )
    from given
    where is_full
)
select
    transaction_id || ':' || refund_key as refund_id,
    transaction_id,
    student_id,
    school_id,
    (given_cents / 100)::decimal(14,2) as amount,
    currency,
    refunded_at,
    school_day(refunded_at, timezone) as refunded_date,
    status,
    stripe_refund_id,
from parts
where given_cents <> 0
order by student_id, refund_id;

insert into snap.consumptions
select * from build_consumptions
order by student_id, class_at, consumption_id;

insert into snap.entries
select
    entries.entry_id,
    entries.student_id,
    entries.school_id,
    entries.package_id,
    entries.kind,
    entries.hours,
    entries.amount,
    entries.effective_at,
    school_day(entries.effective_at, coalesce(schools.timezone, getvariable('default_timezone'))) as effective_date,
    entries.recorded_at,
    entries.source_table,
    entries.source_id,
    entries.session_id,
    entries.note,
from build_entries as entries
left join stage_schools as schools on schools.school_id = entries.school_id
order by entries.student_id, entries.effective_at, entries.entry_id;

insert into snap.reservations
select * from build_reservations
order by student_id, package_id;
