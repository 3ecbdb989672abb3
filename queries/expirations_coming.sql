-- question: Which packages expire within a time with hours left?
-- grain: package_id
-- note: packages_matching counts all of them, whatever the limit
-- param: days integer 30
-- param: school_id integer null
-- param: limit integer 50
-- param: offset integer 0
-- step: expirations_to_come
select
    package_id,
    student_id,
    students.name,
    schools.name as school_name,
    plan_name,
    expires_date,
    days_until_expiry,
    hours_at_stake,
    expirations_to_come.currency,
    amount_at_stake,
    count(*) over () as packages_matching,
from expirations_to_come
left join students using (student_id)
left join schools using (school_id)
where days_until_expiry < $days
order by expires_date, package_id
limit $limit offset $offset
