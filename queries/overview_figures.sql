-- question: How do the students' hours stand now?
-- grain: as_of
-- note: at risk = overdrawn, running out within 14 days at the student's own pace, or without a class for 28 days
-- note: expiring = hours that expire within 30 days of the school
-- param: school_id integer null
-- step: standings
-- step: expirations_to_come
with counted as (
    select
        count(*) as students,
        count(*) filter (where hours_usable > 0) as students_with_hours,
        count(*) filter (where hours_overdrawn > 0) as students_overdrawn,
        count(*) filter (where is_overdrawn or runs_out or is_fading) as students_at_risk,
        coalesce(sum(hours_usable), 0) as hours_usable,
        coalesce(sum(hours_booked_ahead), 0) as hours_booked_ahead,
        coalesce(sum(hours_overdrawn), 0) as hours_overdrawn,
        coalesce(sum(hours_last_30_days), 0) as hours_last_30_days,
        count(*) filter (where hours_last_30_days > 0) as students_last_30_days,
    from standings
),

expiring as (
    select
        coalesce(sum(hours_at_stake), 0) as hours_expiring,
        count(*) as packages_expiring,
        count(distinct student_id) as students_expiring,
    from expirations_to_come
    where days_until_expiry < 30
)

select
    sync.as_of,
    counted.students,
    counted.students_with_hours,
    counted.students_overdrawn,
    counted.students_at_risk,
    counted.hours_usable,
    counted.hours_booked_ahead,
    counted.hours_overdrawn,
    counted.hours_last_30_days,
    counted.students_last_30_days,
    expiring.hours_expiring,
    expiring.packages_expiring,
    expiring.students_expiring,
from (select as_of from sync) as sync
cross join counted
cross join expiring
order by sync.as_of
