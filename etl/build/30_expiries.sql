-- Hours that expired on the packages of simple histories: what was neither booked nor still out, and what came back later.
-- grain: package_id, consumption_id
create or replace temp table build_expiries as
with
packages as (
    select * from build_packages anti join build_replay_students using (student_id)
    where expired_at <= getvariable('as_of')
),
returns as (
    select
        rows.booked_package_id as package_id,
        sum(rows.returned) filter (where rows.returned_at <= packages.expired_at) as in_time,
    from stage_consumptions as rows
    join packages on packages.package_id = rows.booked_package_id
    where rows.returned > 0 and rows.is_own
    group by rows.booked_package_id
)
select
    packages.package_id,
    null::bigint as consumption_id,
    packages.expired_at as happens_at,
    (packages.hours - packages.booked + coalesce(returns.in_time, 0))::decimal(12,2) as hours,
from packages
left join returns on returns.package_id = packages.package_id
where packages.hours - packages.booked + coalesce(returns.in_time, 0) > 0
union all
select
    packages.package_id,
    rows.consumption_id,
    rows.returned_at as happens_at,
    rows.returned::decimal(12,2) as hours,
from stage_consumptions as rows
join packages on packages.package_id = rows.booked_package_id
where rows.returned > 0 and rows.is_own and rows.returned_at > packages.expired_at
