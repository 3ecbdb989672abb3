-- The student's balance is the sum over the schools; the platform's stored counters stand beside it.
-- grain: student_id
insert into snap.student_balances
with
summed as (
    select
        student_id,
        sum(hours_purchased) as hours_purchased,
        sum(hours_added) as hours_added,
        sum(hours_deducted) as hours_deducted,
        sum(hours_consumed) as hours_consumed,
        sum(hours_reserved) as hours_reserved,
        sum(hours_returned) as hours_returned,
        sum(hours_expired) as hours_expired,
        sum(hours_extended) as hours_extended,
        sum(hours_voided) as hours_voided,
        sum(hours_remaining) as hours_remaining,
        sum(hours_usable) as hours_usable,
        sum(hours_overdrawn) as hours_overdrawn,
        min(next_expiry) as next_expiry,
        sum(active_packages) as active_packages,
        min(first_class_at) as first_class_at,
        max(last_class_at) as last_class_at,
        min(next_class_at) as next_class_at,
        sum(hours_last_30_days) as hours_last_30_days,
        sum(hours_used) as hours_used,
        sum(hours_booked_ahead) as hours_booked_ahead,
    from snap.student_school_balances
    group by student_id
),
soonest as (
    select schools.student_id, sum(schools.next_expiry_hours) as hours
    from snap.student_school_balances as schools
    join summed on summed.student_id = schools.student_id and summed.next_expiry = schools.next_expiry
    group by schools.student_id
),
recent as (
    select student_id, sum(hours_effective) as hours
    from snap.consumptions
    where is_taught and class_at > getvariable('as_of') - interval 56 day
    group by student_id
)
select
    students.student_id,
    coalesce(summed.hours_purchased, 0),
    coalesce(summed.hours_added, 0),
    coalesce(summed.hours_deducted, 0),
    coalesce(summed.hours_consumed, 0),
    coalesce(summed.hours_reserved, 0),
    coalesce(summed.hours_returned, 0),
    coalesce(summed.hours_expired, 0),
    coalesce(summed.hours_extended, 0),
    coalesce(summed.hours_voided, 0),
    coalesce(summed.hours_remaining, 0),
    coalesce(summed.hours_usable, 0),
    coalesce(summed.hours_overdrawn, 0),
    summed.next_expiry,
    soonest.hours as next_expiry_hours,
    coalesce(summed.active_packages, 0),
    accounts.hours_purchased as platform_purchased,
    accounts.hours_consumed as platform_consumed,
    accounts.hours_purchased - accounts.hours_consumed as platform_remaining,
    accounts.hours_purchased - accounts.hours_consumed - coalesce(summed.hours_remaining, 0) as drift,
    null as drift_cause,
    summed.first_class_at,
    summed.last_class_at,
    summed.next_class_at,
    coalesce(pace_per_week(recent.hours, summed.first_class_at), 0) as pace_per_week,
    coalesce(summed.hours_last_30_days, 0),
    coalesce(summed.hours_used, 0),
    coalesce(summed.hours_booked_ahead, 0),
from stage_students as students
left join summed on summed.student_id = students.student_id
left join soonest on soonest.student_id = students.student_id
left join recent on recent.student_id = students.student_id
left join stage_accounts as accounts on accounts.student_id = students.student_id
order by students.student_id
