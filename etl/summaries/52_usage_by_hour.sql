-- grain: school_id, class_month, weekday, class_hour
insert into snap.usage_by_hour
with
local_times as (
    select school_id as place, timezone(timezone, getvariable('as_of')) as now from stage_schools
),
sessions as (
    select
        school_id,
        date_trunc('month', date)::date as class_month,
        isodow(date) as weekday,
        hour(start_time) as class_hour,
        count(*) filter (where status is distinct from 'cancelled') as classes,
        count(*) filter (where status = 'no_show') as no_shows,
        count(*) filter (where status = 'cancelled') as cancellations,
    from mirror.finances_classsession as sessions
    left join local_times on local_times.place = sessions.school_id
    where date + start_time <= coalesce(local_times.now, timezone(getvariable('default_timezone'), getvariable('as_of')))
    group by all
),
charged as (
    select
        school_id,
        date_trunc('month', class_date)::date as class_month,
        isodow(class_date) as weekday,
        class_hour,
        sum(hours_effective) as hours,
    from snap.consumptions
    where is_taught and state <> 'upcoming'
    group by all
),
together as (
    select school_id, class_month, weekday, class_hour, classes, no_shows, cancellations, 0 as hours from sessions
    union all
    select school_id, class_month, weekday, class_hour, 0, 0, 0, hours from charged
)
select
    school_id,
    class_month,
    weekday,
    class_hour,
    sum(classes)::bigint as classes,
    sum(hours)::decimal(12,2) as hours,
    sum(no_shows)::bigint as no_shows,
    sum(cancellations)::bigint as cancellations,
from together
group by school_id, class_month, weekday, class_hour
order by class_month, school_id, weekday, class_hour
