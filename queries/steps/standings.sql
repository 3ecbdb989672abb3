-- One row per student: the balance over all books, or over those of school $school_id, and what gives reason to worry.
-- Hours booked ahead still have to be taught, so they count towards how long the hours last.
select
    b.*,
    (hours_usable + hours_booked_ahead) / nullif(pace_per_week, 0) * 7 as days_left,
    coalesce(next_expiry < sync.as_of + interval 30 days, false) as is_expiring,
    hours_overdrawn > 0 as is_overdrawn,
    coalesce(
        pace_per_week > 0
        and (hours_usable + hours_booked_ahead) * 7 <= pace_per_week * 14
        and last_class_at >= sync.as_of - interval 28 days,
        false
    ) as runs_out,
    coalesce(
        hours_usable > 0
        and next_class_at is null
        and last_class_at < sync.as_of - interval 28 days
        and last_class_at >= sync.as_of - interval 112 days,
        false
    ) as is_fading,
from (
    select
        student_id,
        hours_remaining,
        hours_usable,
        hours_booked_ahead,
        hours_overdrawn,
        next_expiry,
        next_expiry_hours,
        active_packages,
        pace_per_week,
        hours_last_30_days,
        last_class_at,
        next_class_at,
        drift,
        drift_cause,
    from student_balances
    where $school_id::bigint is null
    union all by name
    select
        student_id,
        hours_remaining,
        hours_usable,
        hours_booked_ahead,
        hours_overdrawn,
        next_expiry,
        next_expiry_hours,
        active_packages,
        pace_per_week,
        hours_last_30_days,
        last_class_at,
        next_class_at,
        balances.drift,
        balances.drift_cause,
    from student_school_balances
    left join (select student_id, drift, drift_cause from student_balances) as balances using (student_id)
    where school_id = $school_id::bigint
) as b
cross join (select as_of from sync) as sync
