-- Classes of student $student_id that took hours, of the days from $from_date to $through_date, both included.
select
    consumption_id,
    class_date,
    teacher_id,
    session_type,
    is_taught,
    hours_effective,
from consumptions
where student_id = $student_id
    and hours_effective > 0
    and ($from_date::date is null or class_date >= $from_date)
    and ($through_date::date is null or class_date <= $through_date)
