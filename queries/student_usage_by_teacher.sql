-- question: How many classes and hours did this student take with each teacher?
-- grain: teacher_id
-- note: booked classes still to come are counted apart
-- param: student_id integer
-- param: from_date date null
-- param: through_date date null
-- step: student_classes_in_period
select
    teacher_id,
    max(teachers.name) as teacher_name,
    count(*) filter (where is_taught) as classes,
    coalesce(sum(hours_effective) filter (where is_taught), 0)::decimal(14,2) as hours,
    count(*) filter (where not is_taught) as classes_booked_ahead,
    coalesce(sum(hours_effective) filter (where not is_taught), 0)::decimal(14,2) as hours_booked_ahead,
from student_classes_in_period
left join teachers using (teacher_id)
group by teacher_id
order by hours desc, teacher_id nulls last
