-- question: How many hours were used on each of the last days?
-- grain: class_date
-- note: ends with the day of the snapshot; days without classes are there with 0
-- param: days integer 30
-- param: school_id integer null
with today as (
    select max((sync.as_of at time zone schools.timezone)::date) as today
    from (select as_of from sync) as sync
    cross join schools
    where $school_id::bigint is null or schools.school_id = $school_id
),

days as (
    select (unnest(generate_series(today - $days::integer + 1, today, interval 1 day)))::date as class_date
    from today
),

used as (
    select class_date, sum(classes) as classes, sum(hours) as hours,
    from usage_by_day
    where $school_id::bigint is null or school_id = $school_id
    group by class_date
)

select
    class_date,
    coalesce(classes, 0)::bigint as classes,
    coalesce(hours, 0)::decimal(14,2) as hours,
from days
left join used using (class_date)
order by class_date
