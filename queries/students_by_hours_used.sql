-- question: Which students took most hours of classes in a period?
-- grain: student_id
-- param: from_date date
-- param: until_date date
-- param: school_id integer null
-- param: limit integer 10
with sums as (
    select
        student_id,
        count(*) as classes,
        sum(hours_effective)::decimal(14,2) as hours,
    from consumptions
    where is_taught
        and hours_effective > 0
        and class_date >= $from_date
        and class_date < $until_date
        and ($school_id::bigint is null or school_id = $school_id)
    group by student_id
)

select
    sums.student_id,
    students.name as student_name,
    classes,
    hours,
from sums
left join students on students.student_id = sums.student_id
order by hours desc, sums.student_id
limit $limit
