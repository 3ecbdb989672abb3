-- question: How many classes and hours did each kind of class have in a period?
-- grain: session_type
-- param: from_date date
-- param: until_date date
-- param: school_id integer null
-- step: usage_in_period
select
    session_type,
    sum(classes)::bigint as classes,
    sum(hours)::decimal(14,2) as hours,
    sum(students)::bigint as students,
    sum(no_shows)::bigint as no_shows,
    sum(cancellations)::bigint as cancellations,
    sum(trials)::bigint as trials,
from usage_in_period
group by session_type
order by hours desc, session_type nulls last
