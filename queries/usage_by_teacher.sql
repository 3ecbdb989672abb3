-- question: How many classes and hours did each teacher give in a period?
-- grain: teacher_id
-- param: from_date date
-- param: until_date date
-- param: school_id integer null
-- step: usage_in_period
select
    usage_in_period.teacher_id,
    max(teachers.name) as teacher_name,
    sum(classes)::bigint as classes,
    sum(hours)::decimal(14,2) as hours,
    sum(students)::bigint as students,
    sum(no_shows)::bigint as no_shows,
    sum(cancellations)::bigint as cancellations,
    sum(trials)::bigint as trials,
from usage_in_period
left join teachers using (teacher_id)
group by usage_in_period.teacher_id
order by hours desc, usage_in_period.teacher_id nulls last
