-- Sums over the ledger per student and school of the books; classes by their own school.
-- grain: student_id, school_id
insert into snap.student_school_balances
with
singles as (
    select
        student_id,
        coalesce(school_id, 0) as school_id,
        sum(hours) filter (where kind = 'purchased') as purchased,
        sum(hours) filter (where kind = 'added') as added,
        sum(hours) filter (where kind = 'deducted') as deducted,
        sum(hours) filter (where kind in ('consumed', 'overdrawn')) as consumed,
        sum(hours) filter (where kind = 'reserved') as reserved,
        sum(hours) filter (where kind = 'returned') as returned,
        sum(hours) filter (where kind = 'expired') as expired,
        sum(hours) filter (where kind = 'extended') as extended,
        sum(hours) filter (where kind = 'voided') as voided,
        sum(hours) filter (where package_id is null) as uncovered,
        sum(hours) as hours,
        sum(amount) as amount,
    from snap.entries
    group by student_id, coalesce(school_id, 0)
),
classes as (
    select
        student_id,
        coalesce(charged_school_id, 0) as school_id,
        sum(hours_booked) filter (where is_taught) as consumed,
        sum(hours_booked) filter (where not is_taught) as reserved,
        sum(hours_booked) as hours,
        sum(amount_at_class) as amount,
    from snap.consumptions
    where not is_split and hours_booked > 0
    group by student_id, coalesce(charged_school_id, 0)
),
goodwill_hours as (
    select student_id, school_id, package_id, hours from snap.entries where package_id < 0
    union all
    select student_id, charged_school_id, charged_package_id, -hours_booked from snap.consumptions where not is_split and charged_package_id < 0
),
goodwill as (
    select student_id, school_id, package_id, sum(hours) as hours_remaining
    from goodwill_hours
    group by student_id, school_id, package_id
    having sum(hours) > 0
),
goodwill_moved as (
    select changes.package_id, arg_max(changes.new_expires_at, (changes.effective_at, changes.id)) as expires_at
    from all_adjustments as changes
    join all_adjustments as added on added.id = -changes.package_id and added.student_id = changes.student_id
    where changes.kind = 'extend' and changes.effective_at between added.effective_at and getvariable('as_of')
    group by changes.package_id
),
standing as (
    select student_id, school_id, 1 as packages, hours_remaining, expires_at from snap.packages where status = 'active'
    union all
    select goodwill.student_id, goodwill.school_id, 0, goodwill.hours_remaining, coalesce(goodwill_moved.expires_at, added.expires_at)
    from goodwill
    join all_adjustments as added on added.id = -goodwill.package_id
    left join goodwill_moved on goodwill_moved.package_id = goodwill.package_id
),
soonest as (
    select *, min(expires_at) over (partition by student_id, school_id) as next_expiry from standing
),
valid as (
    select
        student_id,
        coalesce(school_id, 0) as school_id,
        sum(packages) as packages,
        any_value(next_expiry) as next_expiry,
        sum(hours_remaining) filter (where expires_at = next_expiry) as next_expiry_hours,
    from soonest
    group by student_id, coalesce(school_id, 0)
),
paces as (
    select
        student_id,
        coalesce(school_id, 0) as school_id,
        min(class_at) filter (where hours_effective > 0 and is_taught) as first_class_at,
        max(class_at) filter (where hours_effective > 0 and is_taught) as last_class_at,
        min(class_at) filter (where hours_effective > 0 and not is_taught) as next_class_at,
        sum(hours_effective) filter (where is_taught and class_at > getvariable('as_of') - interval 56 day) as recent,
        sum(hours_effective) filter (where is_taught and class_at > getvariable('as_of') - interval 30 day) as month,
        sum(hours_effective) filter (where is_taught) as used,
        sum(hours_effective) filter (where not is_taught and state <> 'upcoming') as ahead,
    from snap.consumptions
    group by student_id, coalesce(school_id, 0)
),
keys as (
    select student_id, school_id from singles
    union
    select student_id, school_id from classes
    union
    select student_id, school_id from paces
    union
    select student_id, school_id from snap.student_schools
)
select
    keys.student_id,
    nullif(keys.school_id, 0) as school_id,
    coalesce(singles.purchased, 0) as hours_purchased,
    coalesce(singles.added, 0) as hours_added,
    -coalesce(singles.deducted, 0) as hours_deducted,
    coalesce(classes.consumed, 0) - coalesce(singles.consumed, 0) as hours_consumed,
    coalesce(classes.reserved, 0) - coalesce(singles.reserved, 0) as hours_reserved,
    coalesce(singles.returned, 0) as hours_returned,
    -coalesce(singles.expired, 0) as hours_expired,
    coalesce(singles.extended, 0) as hours_extended,
    -coalesce(singles.voided, 0) as hours_voided,
    coalesce(singles.hours, 0) - coalesce(singles.uncovered, 0) - coalesce(classes.hours, 0) as hours_remaining,
    coalesce(singles.hours, 0) - coalesce(singles.uncovered, 0) - coalesce(classes.hours, 0) as hours_usable,
    -coalesce(singles.uncovered, 0) as hours_overdrawn,
    valid.next_expiry,
    valid.next_expiry_hours,
    coalesce(valid.packages, 0) as active_packages,
    coalesce(singles.amount, 0) - coalesce(classes.amount, 0) as amount_deferred,
    paces.first_class_at,
    paces.last_class_at,
    paces.next_class_at,
    coalesce(pace_per_week(paces.recent, paces.first_class_at), 0) as pace_per_week,
    coalesce(paces.month, 0) as hours_last_30_days,
    coalesce(paces.used, 0) as hours_used,
    coalesce(paces.ahead, 0) as hours_booked_ahead,
from keys
left join singles on singles.student_id = keys.student_id and singles.school_id = keys.school_id
left join classes on classes.student_id = keys.student_id and classes.school_id = keys.school_id
left join valid on valid.student_id = keys.student_id and valid.school_id = keys.school_id
left join paces on paces.student_id = keys.student_id and paces.school_id = keys.school_id
order by keys.student_id, keys.school_id
