-- grain: school_id, class_month, weekday, class_hour
insert into snap.usage_by_hour
with
sessions as (
    select
        school_id,
        date_trunc('month', date)::date as class_month,
        isodow(date) as weekday,
        hour(start_time) as class_hour,
        count(*) filter (where status is distinct from 'cancelled') as classes,
        count(*) filter (where status = 'no_show') as no_shows,
        count(*) filter (where status = 'cancelled') as cancellations,
    from mirror.finances_classsession
    where date is not null and start_time is not null
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
    where state <> 'upcoming'
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
