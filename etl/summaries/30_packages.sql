-- Every figure is a sum over the package's entries; what is reserved comes from the classes still to come.
-- grain: package_id
insert into snap.packages
with
singles as (
    select
        package_id,
        sum(hours) as hours,
        sum(amount) as amount,
        sum(hours) filter (where kind = 'purchased') as purchased,
        sum(hours) filter (where kind = 'returned') as returned,
        sum(hours) filter (where kind = 'deducted') as deducted,
        sum(hours) filter (where kind in ('expired', 'extended')) as expired,
        sum(hours) filter (where kind = 'voided') as voided,
        sum(amount) filter (where kind = 'purchased') as price,
        sum(amount) filter (where kind in ('consumed', 'returned')) as recognised,
        sum(amount) filter (where kind in ('expired', 'extended')) as breakage,
        sum(amount) filter (where kind = 'voided') as refunded,
    from snap.entries
    semi join picked_students using (student_id)
    where package_id > 0
    group by package_id
),
classes as (
    select
        charged_package_id as package_id,
        sum(hours_booked) as booked,
        sum(amount_at_class) as recognised,
    from snap.consumptions
    semi join picked_students using (student_id)
    where not is_split and charged_package_id is not null
    group by charged_package_id
),
moved as (
    -- As in the ledger: only the student's own package, and only once it was granted.
    select changes.package_id, arg_max(changes.new_expires_at, (changes.effective_at, changes.id)) as expires_at
    from all_adjustments as changes
    join snap.purchases as purchases on purchases.transaction_id = changes.package_id and purchases.student_id = changes.student_id
    where changes.kind = 'extend' and changes.effective_at between purchases.created_at and getvariable('as_of')
    group by changes.package_id
),
added_up as (
    select
        purchases.*,
        coalesce(moved.expires_at, purchases.expires_at) as valid_until,
        coalesce(schools.timezone, getvariable('default_timezone')) as timezone,
        coalesce(singles.hours, 0) - coalesce(classes.booked, 0) as remaining,
        coalesce(singles.amount, 0) - coalesce(classes.recognised, 0) as deferred,
        coalesce(singles.purchased, 0) as granted,
        coalesce(singles.returned, 0) as returned,
        -coalesce(singles.deducted, 0) as deducted,
        -coalesce(singles.expired, 0) as expired,
        -coalesce(singles.voided, 0) as voided,
        coalesce(reservations.hours, 0) as reserved,
        coalesce(singles.price, 0) as price,
        coalesce(classes.recognised, 0) - coalesce(singles.recognised, 0) as recognised,
        -coalesce(singles.breakage, 0) as breakage,
        -coalesce(singles.refunded, 0) as refunded,
    from snap.purchases as purchases
    left join singles on singles.package_id = purchases.transaction_id
    left join classes on classes.package_id = purchases.transaction_id
    left join snap.reservations as reservations on reservations.package_id = purchases.transaction_id
    left join moved on moved.package_id = purchases.transaction_id
    left join stage_schools as schools on schools.school_id = purchases.school_id
    semi join picked_students as picked on picked.student_id = purchases.student_id
    where purchases.grants
)
select
    transaction_id as package_id,
    student_id,
    school_id,
    plan_id,
    plan_name,
    transaction_type,
    granted as hours_granted,
    case when is_granted then 0 else hours end as hours_upcoming,
    granted - deducted - expired - voided - remaining - reserved as hours_consumed,
    reserved as hours_reserved,
    returned as hours_returned,
    deducted as hours_deducted,
    expired as hours_expired,
    voided as hours_voided,
    remaining as hours_remaining,
    price,
    case when is_granted then 0 else amount end as amount_upcoming,
    currency,
    recognised as amount_recognised,
    breakage as amount_breakage,
    refunded as amount_refunded,
    deferred as amount_deferred,
    case
        when not is_granted then 'upcoming'
        when (payment_status = 'refunded' and remaining <= 0) or (price > 0 and refunded >= price) then 'refunded'
        when valid_until <= getvariable('as_of') then 'expired'
        when remaining <= 0 then 'exhausted'
        else 'active'
    end as status,
    created_at as purchased_at,
    created_date as purchased_date,
    valid_until as expires_at,
    school_day(valid_until, timezone) as expires_date,
    date_diff('day', school_day(getvariable('as_of'), timezone), school_day(valid_until, timezone)) as days_until_expiry,
from added_up
order by student_id, package_id
