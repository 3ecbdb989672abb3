-- question: What money was given back in a period, and for which packages?
-- grain: package_id, effective_date
-- note: entries of the ledger; their money is what the months call refunded
-- param: from_date date
-- param: until_date date
-- param: school_id integer null
-- param: zone text UTC
-- step: moves_in_period
with sums as (
    select
        package_id,
        effective_date,
        moves_in_period.school_id,
        moves_in_period.student_id,
        (-sum(hours))::decimal(14,2) as hours,
        (-sum(amount))::decimal(18,2) as amount,
    from moves_in_period
    where kind = 'voided'
    group by all
)

select
    package_id,
    effective_date,
    sums.school_id,
    schools.name as school_name,
    sums.student_id,
    students.name as student_name,
    purchases.plan_name,
    sums.hours,
    purchases.currency,
    sums.amount,
from sums
join purchases on purchases.transaction_id = package_id
left join schools on schools.school_id = sums.school_id
left join students on students.student_id = sums.student_id
order by effective_date, package_id
