-- question: Which packages expire on the days of a period, and with what left?
-- grain: package_id
-- note: hours_expired and amount_breakage of those that have expired; at stake of those that have not
-- param: from_date date
-- param: until_date date
-- param: school_id integer null
select
    package_id,
    expires_date,
    expirations.school_id,
    schools.name as school_name,
    expirations.student_id,
    students.name as student_name,
    plan_name,
    is_expired,
    hours_expired,
    hours_at_stake,
    expirations.currency,
    amount_breakage,
    amount_at_stake,
from expirations
left join schools on schools.school_id = expirations.school_id
left join students on students.student_id = expirations.student_id
where expires_date >= $from_date
    and expires_date < $until_date
    and (hours_expired > 0 or hours_at_stake > 0 or amount_breakage <> 0 or amount_at_stake <> 0)
    and ($school_id::bigint is null or expirations.school_id = $school_id)
order by expires_date, package_id
