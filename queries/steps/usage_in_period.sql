-- Classes of the days from $from_date to $until_date (not itself), at school $school_id or at all.
-- A class that is still to come has no usage yet, whatever its day says; each school's today is worked out once.
select
    usage.school_id,
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
from usage_by_day as usage
left join (
    select school_id, (sync.as_of at time zone timezone)::date as today,
    from schools
    cross join (select as_of from sync) as sync
) as days on days.school_id = usage.school_id
cross join (select (as_of at time zone 'UTC')::date as today from sync) as utc
where class_date >= $from_date
    and class_date < $until_date
    and ($school_id::bigint is null or usage.school_id = $school_id)
    and class_date <= coalesce(days.today, utc.today)
