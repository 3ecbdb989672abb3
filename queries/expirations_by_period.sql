-- question: On which days, or in which weeks, will hours expire?
-- grain: period_start
-- param: grain day|week week
-- param: days integer 90
-- param: school_id integer null
-- step: expirations_to_come
select
    date_trunc($grain, expires_date)::date as period_start,
    count(*) as packages,
    count(distinct student_id) as students,
    sum(hours_at_stake)::decimal(14,2) as hours_at_stake,
from expirations_to_come
where days_until_expiry < $days
group by period_start
order by period_start
