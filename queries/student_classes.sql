-- question: Which classes was this student charged for, and what did each cost?
-- grain: consumption_id
-- note: classes_in_all counts every one, whatever the limit
-- param: student_id integer
-- param: limit integer 25
-- param: offset integer 0
select
    consumption_id,
    session_id,
    class_date,
    (class_at at time zone coalesce(schools.timezone, 'UTC'))::time::varchar as class_time,
    teachers.name as teacher_name,
    schools.name as school_name,
    session_type,
    grade_level,
    session_status,
    state,
    hours_booked,
    hours_returned,
    hours_effective,
    hours_overdrawn,
    charged_to,
    count(*) over () as classes_in_all,
from consumptions
left join teachers using (teacher_id)
left join schools on schools.school_id = consumptions.school_id
where student_id = $student_id
order by class_at desc, consumption_id desc
limit $limit offset $offset
