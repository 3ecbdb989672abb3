-- question: Which classes was this student charged for, and what did each cost?
-- grain: consumption_id
-- note: classes_in_all counts every one that matches, whatever the limit
-- note: states: to_come, taken, missed (no-show), returned (nothing of it was charged); from_date is a day of the school
-- param: student_id integer
-- param: state any|to_come|taken|missed|returned any
-- param: from_date date null
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
    and ($from_date::date is null or class_date >= $from_date)
    and case $state
        when 'to_come' then not is_taught and state <> 'returned'
        when 'taken' then is_taught and state <> 'returned' and session_status is distinct from 'no_show'
        when 'missed' then is_taught and session_status = 'no_show'
        when 'returned' then state = 'returned'
        else true
    end
order by class_at desc, consumption_id desc
limit $limit offset $offset
