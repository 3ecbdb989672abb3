-- Students whose history must be replayed event by event; everyone else's bookings stay on the package they name.
-- Simple means: own package, granted and valid when booked, never short of hours, no refund, no adjustment, nothing dated oddly.
-- grain: student_id
create or replace temp table build_replay_students as
with
moves as (
    select
        rows.booked_package_id as package_id,
        unnest([
            {happens_at: rows.held_at, turn: 6, hours: -rows.booked},
            {happens_at: rows.returned_at, turn: 2, hours: rows.returned},
        ]) as move,
        rows.consumption_id,
    from stage_consumptions as rows
    join build_packages as packages on packages.package_id = rows.booked_package_id
    where packages.booked > packages.hours and rows.booked > 0 and rows.is_own
),
levels as (
    select
        package_id,
        sum(move.hours) over (partition by package_id order by move.happens_at, move.turn, consumption_id rows unbounded preceding) as level,
    from moves
    where move.happens_at is not null
),
short as (
    select distinct packages.student_id
    from levels
    join build_packages as packages on packages.package_id = levels.package_id
    where levels.level < -packages.hours
),
odd as (
    select rows.student_id
    from stage_consumptions as rows
    where rows.booked > 0
        and not coalesce(
            rows.is_own and rows.is_grant
            and rows.granted_at <= rows.held_at
            and rows.held_at <= getvariable('as_of')
            and (rows.expires_at is null or rows.held_at < rows.expires_at)
            and (rows.returned_at is null or (rows.returned_at > rows.held_at and rows.returned_at <= getvariable('as_of'))),
            false
        )
)
select student_id from short
union
select student_id from odd
union
select purchases.student_id
from stage_refunds as refunds
join stage_purchases as purchases on purchases.transaction_id = refunds.transaction_id
union
select student_id from stage_adjustments
union
select student_id from picked_students where getvariable('burn_order') <> 'as_booked_then_soonest_expiry'
