-- question: Which packages expire within some days with hours left?
-- grain: package_id
-- note: days are the school's, as of the snapshot; 0 is today
-- param: school_id integer null
-- param: days integer 14
-- param: package_id integer null
select
    expirations.package_id,
    expirations.student_id,
    expirations.plan_name,
    expirations.expires_date,
    expirations.days_until_expiry,
    expirations.hours_at_stake,
    packages.purchased_date,
    coalesce(students.is_active, false) as is_active,
from expirations
join packages using (package_id)
left join students on students.student_id = expirations.student_id
where not expirations.is_expired
    and ($school_id::bigint is null or expirations.school_id = $school_id)
    and expirations.hours_at_stake > 0
    and expirations.days_until_expiry between 0 and $days
    and ($package_id::bigint is null or expirations.package_id = $package_id)
order by expirations.expires_date, expirations.package_id
