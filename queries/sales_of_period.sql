-- question: Which packages were bought in a period?
-- grain: package_id
-- note: entries of the ledger; their money is what the months call sold
-- param: from_date date
-- param: until_date date
-- param: school_id integer null
-- param: zone text UTC
-- step: moves_in_period
select
    package_id,
    effective_date,
    moves_in_period.school_id,
    schools.name as school_name,
    moves_in_period.student_id,
    students.name as student_name,
    purchases.plan_name,
    purchases.transaction_type,
    moves_in_period.hours,
    purchases.currency,
    moves_in_period.amount,
from moves_in_period
join purchases on purchases.transaction_id = package_id
left join schools on schools.school_id = moves_in_period.school_id
left join students on students.student_id = moves_in_period.student_id
where kind = 'purchased'
order by effective_date, package_id
