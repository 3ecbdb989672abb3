-- question: What will expire within 7, 14, 30, 60 and 90 days if nothing happens?
-- grain: days
-- note: each window holds the shorter ones; day 0 is the school's today
-- param: school_id integer null
-- step: expirations_to_come
with windows as (
    select unnest([7, 14, 30, 60, 90])::bigint as days
)

select
    windows.days,
    count(package_id) as packages,
    count(distinct student_id) as students,
    coalesce(sum(hours_at_stake), 0)::decimal(14,2) as hours_at_stake,
from windows
left join expirations_to_come on days_until_expiry < windows.days
group by windows.days
order by windows.days
