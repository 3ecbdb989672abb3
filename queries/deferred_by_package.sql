-- question: Which packages was money deferred for at the end of a day?
-- grain: package_id
-- note: the sum over packages is the roll-forward's closing balance of that day, to the cent
-- note: hours_remaining could still be booked then; hours of booked classes to come are not in it
-- param: day date
-- param: school_id integer null
-- param: zone text UTC
with sums as (
    select
        package_id,
        sum(hours)::decimal(14,2) as hours_remaining,
        sum(amount)::decimal(18,2) as deferred,
    from ledger
    left join schools on schools.school_id = ledger.school_id
    where package_id > 0
        and effective_at < $day::timestamp + interval 3 day
        and (effective_at at time zone coalesce(schools.timezone, $zone))::date <= $day
        and ($school_id::bigint is null or ledger.school_id = $school_id)
    group by package_id
)

select
    sums.package_id,
    purchases.school_id,
    schools.name as school_name,
    purchases.student_id,
    students.name as student_name,
    purchases.plan_name,
    purchases.created_date as purchased_date,
    packages.expires_date,
    sums.hours_remaining,
    purchases.currency,
    purchases.amount as price,
    deferred,
from sums
join purchases on purchases.transaction_id = sums.package_id
left join packages on packages.package_id = sums.package_id
left join schools on schools.school_id = purchases.school_id
left join students on students.student_id = purchases.student_id
where deferred <> 0
order by school_name nulls last, purchases.school_id nulls last, purchases.currency, student_name, sums.package_id
