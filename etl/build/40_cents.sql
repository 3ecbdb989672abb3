-- Cents of every event of packages whose price does not divide evenly: each is the difference of two rounded totals.
-- grain: package_id, step, source_id
create or replace temp table build_cents as
with
packages as (
    select * from build_packages anti join build_replay_students using (student_id)
    where not is_exact and granted > 0 and price_cents > 0
),
bookings as (
    select rows.*, packages.package_id
    from stage_consumptions as rows
    join packages on packages.package_id = rows.booked_package_id
    where rows.booked > 0 and rows.is_own
),
events as (
    select package_id, class_at as happens_at, 7 as turn, consumption_id as source_id, 0 as step, ((booked - case when returned_at <= class_at then returned else 0 end) * 100)::bigint as used
    from bookings
    where class_at <= getvariable('as_of')
    union all
    select package_id, returned_at, 2, consumption_id, 1, (-returned * 100)::bigint
    from bookings
    where returned_at > class_at
    union all
    select expiries.package_id, expiries.happens_at, case when expiries.consumption_id is null then 5 else 2 end, coalesce(expiries.consumption_id, expiries.package_id), 2, (expiries.hours * 100)::bigint
    from build_expiries as expiries
    join packages on packages.package_id = expiries.package_id
),
totals as (
    select
        events.*,
        packages.price_cents,
        packages.granted,
        sum(events.used) over (
            partition by events.package_id order by events.happens_at, events.turn, events.source_id, events.step rows unbounded preceding
        )::bigint as used_by_then,
    from events
    join packages on packages.package_id = events.package_id
)
select
    package_id,
    source_id,
    step,
    recognised_cents(price_cents, used_by_then, granted) - recognised_cents(price_cents, used_by_then - used, granted) as cents,
from totals
