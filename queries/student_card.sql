-- question: Who is this student, and how do the hours stand now?
-- grain: student_id
-- note: days are days of the student's first school, as of the snapshot
-- note: hours_used and hours_booked_ahead are net; hours_consumed and hours_reserved are before hours_returned came back
-- param: student_id integer
with card as (
    select
        students.*,
        balances.* exclude (student_id),
        coalesce(schools.timezone, 'UTC') as timezone,
        schools.currency,
        sync.as_of,
    from students
    left join student_balances as balances using (student_id)
    left join schools on schools.school_id = students.school_ids[1]
    cross join (select as_of from sync) as sync
    where students.student_id = $student_id
)

select
    student_id,
    name,
    email,
    is_active,
    school_year,
    school_ids,
    school_names,
    has_account,
    timezone,
    currency,
    as_of,
    (as_of at time zone timezone)::date as today,
    coalesce(hours_purchased, 0)::decimal(12,2) as hours_purchased,
    coalesce(hours_added, 0)::decimal(12,2) as hours_added,
    coalesce(hours_deducted, 0)::decimal(12,2) as hours_deducted,
    coalesce(hours_consumed, 0)::decimal(12,2) as hours_consumed,
    coalesce(hours_reserved, 0)::decimal(12,2) as hours_reserved,
    coalesce(hours_returned, 0)::decimal(12,2) as hours_returned,
    coalesce(hours_expired, 0)::decimal(12,2) as hours_expired,
    coalesce(hours_extended, 0)::decimal(12,2) as hours_extended,
    coalesce(hours_voided, 0)::decimal(12,2) as hours_voided,
    coalesce(hours_remaining, 0)::decimal(12,2) as hours_remaining,
    coalesce(hours_usable, 0)::decimal(12,2) as hours_usable,
    coalesce(hours_overdrawn, 0)::decimal(12,2) as hours_overdrawn,
    coalesce(hours_used, 0)::decimal(12,2) as hours_used,
    coalesce(hours_booked_ahead, 0)::decimal(12,2) as hours_booked_ahead,
    coalesce(active_packages, 0) as active_packages,
    next_expiry,
    (next_expiry at time zone timezone)::date as next_expiry_date,
    next_expiry_hours,
    platform_purchased,
    platform_consumed,
    platform_remaining,
    drift,
    drift_cause,
    (joined_at at time zone timezone)::date as joined_date,
    (first_class_at at time zone timezone)::date as first_class_date,
    (last_class_at at time zone timezone)::date as last_class_date,
    (next_class_at at time zone timezone)::date as next_class_date,
    pace_per_week,
    hours_last_30_days,
from card
order by student_id
