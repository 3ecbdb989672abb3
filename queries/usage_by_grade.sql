-- question: How many classes and hours did each grade have in a period?
-- grain: grade_level
-- param: from_date date
-- param: until_date date
-- param: school_id integer null
-- step: usage_in_period
select
    grade_level,
    sum(classes)::bigint as classes,
    sum(hours)::decimal(14,2) as hours,
    sum(students)::bigint as students,
    sum(no_shows)::bigint as no_shows,
    sum(cancellations)::bigint as cancellations,
    sum(trials)::bigint as trials,
from usage_in_period
group by grade_level
order by hours desc, grade_level nulls last
