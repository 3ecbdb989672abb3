-- Packages that will expire with hours left, of school $school_id or of all.
select
    package_id,
    student_id,
    school_id,
    plan_name,
    currency,
    expires_date,
    days_until_expiry,
    hours_at_stake,
    amount_at_stake,
from expirations
where not is_expired
    and hours_at_stake > 0
    and ($school_id::bigint is null or school_id = $school_id)
