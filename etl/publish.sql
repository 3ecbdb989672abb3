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
from stage_purchases as purchases
left join (
    select package_id, sum(amount) as amount from build_entries where kind = 'voided' group by package_id
) as refunded on refunded.package_id = purchases.transaction_id
order by purchases.student_id, purchases.transaction_id;

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
