-- question: When is this student's next booked class, and what does it cost?
-- grain: consumption_id
-- note: hours are what the class holds, returns taken off; charged_to says which package pays
-- param: student_id integer
select
    consumption_id,
    session_id,
    consumptions.school_id,
    schools.name as school_name,
    coalesce(schools.timezone, 'UTC') as timezone,
    class_at,
    class_date,
    (class_at at time zone coalesce(schools.timezone, 'UTC'))::time::varchar as class_time,
    teachers.name as teacher_name,
    session_type,
    grade_level,
    hours_effective as hours,
    hours_overdrawn,
    charged_package_id,
    charged_to,
from consumptions
left join teachers using (teacher_id)
left join schools on schools.school_id = consumptions.school_id
where student_id = $student_id
    and not is_taught
    and hours_effective > 0
order by class_at, consumption_id
limit 1
