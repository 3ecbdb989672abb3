-- question: How do this student's hours stand now, and package by package?
-- grain: student_id, package_id
-- note: the student's own figures stand on every row; without packages there is one row, without a package
-- note: consumed and reserved are net of what came back; expired is net of extensions
-- note: days are days of the package's school, today is the student's first school's
-- note: with until_student, all students whose ids lie from student_id to it; `queries.ask_one` asks so
-- param: student_id integer
-- param: until_student integer null
select
    students.student_id,
    students.name,
    students.email,
    students.is_active,
    students.school_ids,
    coalesce(home.timezone, 'UTC') as timezone,
    home.currency as home_currency,
    sync.as_of,
    (sync.as_of at time zone coalesce(home.timezone, 'UTC'))::date as today,
    coalesce(balances.hours_purchased, 0)::decimal(14,2) as student_purchased,
    coalesce(balances.hours_added, 0)::decimal(14,2) as student_added,
    coalesce(balances.hours_used, 0)::decimal(14,2) as student_consumed,
    coalesce(balances.hours_booked_ahead, 0)::decimal(14,2) as student_reserved,
    coalesce(balances.hours_deducted, 0)::decimal(14,2) as student_deducted,
    coalesce(balances.hours_expired - balances.hours_extended, 0)::decimal(14,2) as student_expired,
    coalesce(balances.hours_voided, 0)::decimal(14,2) as student_voided,
    coalesce(balances.hours_remaining, 0)::decimal(14,2) as student_remaining,
    coalesce(balances.hours_usable, 0)::decimal(14,2) as student_usable,
    coalesce(balances.hours_overdrawn, 0)::decimal(14,2) as student_overdrawn,
    coalesce(balances.pace_per_week, 0)::decimal(12,2) as pace_per_week,
    packages.package_id,
    packages.school_id,
    packages.plan_id,
    packages.plan_name,
    packages.transaction_type,
    packages.status,
    packages.hours_granted,
    packages.hours_upcoming,
    packages.hours_consumed,
    packages.hours_reserved,
    packages.hours_deducted,
    packages.hours_expired,
    packages.hours_voided,
    packages.hours_remaining,
    packages.currency,
    packages.price,
    packages.amount_refunded,
    packages.purchased_at,
    packages.purchased_date,
    packages.expires_at,
    packages.expires_date,
    packages.days_until_expiry,
from students
cross join (select as_of from sync) as sync
left join (
    select * from student_balances where student_id between $student_id and coalesce($until_student, $student_id)
) as balances using (student_id)
left join schools as home on home.school_id = students.school_ids[1]
left join (
    select * from packages where student_id between $student_id and coalesce($until_student, $student_id)
) as packages using (student_id)
where students.student_id between $student_id and coalesce($until_student, $student_id)
order by students.student_id, packages.expires_at nulls last, packages.purchased_at, packages.package_id
