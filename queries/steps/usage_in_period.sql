-- Classes whose time has come, of the days from $from_date to $until_date (not itself), at school $school_id or at all.
select
    school_id,
    class_date,
    teacher_id,
    session_type,
    grade_level,
    status,
    classes,
    hours,
    students,
    no_shows,
    cancellations,
    trials,
from usage_by_day
where class_date >= $from_date
    and class_date < $until_date
    and ($school_id::bigint is null or school_id = $school_id)
