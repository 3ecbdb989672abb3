-- question: How many classes and hours did each school have in a period?
-- grain: school_id
-- param: from_date date
-- param: until_date date
-- param: school_id integer null
-- step: usage_in_period
select
    usage_in_period.school_id,
    max(schools.name) as school_name,
    sum(classes)::bigint as classes,
    sum(hours)::decimal(14,2) as hours,
    sum(students)::bigint as students,
    sum(no_shows)::bigint as no_shows,
    sum(cancellations)::bigint as cancellations,
    sum(trials)::bigint as trials,
from usage_in_period
left join schools using (school_id)
group by usage_in_period.school_id
order by hours desc, usage_in_period.school_id nulls last
