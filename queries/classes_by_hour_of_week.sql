-- question: At which hours of the week did classes take place?
-- grain: weekday, class_hour
-- note: by whole months of the school; cancelled classes are not counted; 1 = Monday
-- param: from_date date
-- param: until_date date
-- param: school_id integer null
select
    weekday,
    class_hour,
    sum(classes)::bigint as classes,
    sum(hours)::decimal(14,2) as hours,
    sum(no_shows)::bigint as no_shows,
    sum(cancellations)::bigint as cancellations,
from usage_by_hour
where class_month >= date_trunc('month', $from_date::date)
    and class_month < $until_date
    and ($school_id::bigint is null or school_id = $school_id)
group by weekday, class_hour
order by weekday, class_hour
