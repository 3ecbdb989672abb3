-- question: Which entries of a student are there until the end of a period, and what stands behind them?
-- grain: entry_id
-- note: is_before says that an entry counts before the period, so that its sum is what the period opens with
-- note: a day is the day of the school in whose books the entry stands
-- param: student_id integer
-- param: from_date date
-- param: until_date date
-- param: zone text UTC
with dated as (
    select
        ledger.*,
        schools.name as school_name,
        schools.currency,
        (effective_at at time zone coalesce(schools.timezone, $zone))::date as effective_date,
    from ledger
    left join schools on schools.school_id = ledger.school_id
    where ledger.student_id = $student_id
)

select
    entry_id,
    dated.school_id,
    school_name,
    dated.currency,
    effective_at,
    effective_date,
    effective_date < $from_date as is_before,
    kind,
    dated.hours,
    dated.amount,
    package_id,
    purchases.plan_name,
    source_table,
    source_id,
    classes.class_date,
    note,
from dated
left join (select transaction_id, plan_name from purchases) as purchases on purchases.transaction_id = package_id
left join (select consumption_id, class_date from consumptions where student_id = $student_id) as classes
    on classes.consumption_id = source_id
    and source_table = 'finances_hourconsumption'
where effective_date < $until_date
order by school_name nulls last, dated.school_id nulls last, effective_at, dated.hours desc, entry_id
