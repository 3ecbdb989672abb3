-- check: The hours of all days are the hours of all classes, by day and by hour.
-- severity: stop
with
total as (select coalesce(sum(hours_effective), 0) as hours from snap.consumptions where is_taught and state <> 'upcoming'),
days as (select coalesce(sum(hours), 0) as hours from snap.usage_by_day),
hours as (select coalesce(sum(hours), 0) as hours from snap.usage_by_hour)
select total.hours as total, days.hours as by_day, hours.hours as by_hour
from total, days, hours
where total.hours is distinct from days.hours or total.hours is distinct from hours.hours
