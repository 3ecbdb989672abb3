-- question: Which entries make a figure of this student?
-- grain: entry_id
-- note: hours_counted is the part of the figure, running its sum so far: the last row's running is the figure
-- note: remaining counts every entry of packages and goodwill; overdrawn every entry that no package covers
-- note: at one instant what adds hours comes first: a booking ends before its class takes the hours
-- param: student_id integer
-- param: figure all|purchased|added|deducted|consumed|reserved|returned|expired|extended|voided|remaining|overdrawn all
-- param: package_id integer null
-- param: as_of instant null
-- step: entries_until
with counted as (
    select
        *,
        case
            when $figure = 'overdrawn' then -hours
            when $figure in ('all', 'remaining') then hours
            else sign * hours
        end as hours_counted,
    from entries_until
    where ($package_id::bigint is null or package_id = $package_id)
        and case $figure
            when 'all' then true
            when 'remaining' then package_id is not null
            when 'overdrawn' then package_id is null
            else figure = $figure
        end
)

select
    entry_id,
    kind,
    effective_at,
    (effective_at at time zone coalesce(schools.timezone, 'UTC'))::date as effective_date,
    package_id,
    counted.school_id,
    schools.currency,
    hours,
    hours_counted,
    (sum(hours_counted) over entries_so_far)::decimal(14,2) as running,
    amount,
    (sum(amount) over entries_so_far)::decimal(18,2) as running_amount,
    recorded_at,
    source_table,
    source_id,
    session_id,
    note,
from counted
left join schools on schools.school_id = counted.school_id
window entries_so_far as (order by effective_at, hours desc, entry_id)
order by effective_at, hours desc, entry_id
