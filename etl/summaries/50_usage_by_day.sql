-- Classes come from the sessions, hours from what students were charged for them; only what has taken place counts.
-- grain: school_id, class_date, teacher_id, session_type, grade_level, status
insert into snap.usage_by_day
with
local_times as (
    select school_id as place, timezone(timezone, getvariable('as_of')) as now from stage_schools
),
sessions as (
    select
        school_id,
        date as class_date,
        teacher_id,
        coalesce(session_type, '') as session_type,
        coalesce(grade_level, '') as grade_level,
        coalesce(status, '') as status,
        count(*) as classes,
        count(*) filter (where is_trial) as trials,
    from mirror.finances_classsession as sessions
    semi join touched_days on touched_days.class_date = sessions.date
    left join local_times on local_times.place = sessions.school_id
    where sessions.date + coalesce(sessions.start_time, time '00:00:00') <= coalesce(local_times.now, timezone(getvariable('default_timezone'), getvariable('as_of')))
    group by all
),
charged as (
    select
        school_id,
        class_date,
        teacher_id,
        case when session_id is null then '' else coalesce(session_type, '') end as session_type,
        case when session_id is null then '' else coalesce(grade_level, '') end as grade_level,
        case when session_id is null then 'no session' else coalesce(session_status, '') end as status,
        sum(hours_effective) as hours,
        count(*) as students,
    from snap.consumptions
    semi join touched_days using (class_date)
    where is_taught and state <> 'upcoming'
    group by all
),
together as (
    select school_id, class_date, teacher_id, session_type, grade_level, status, classes, trials, 0 as hours, 0 as students from sessions
    union all
    select school_id, class_date, teacher_id, session_type, grade_level, status, 0, 0, hours, students from charged
)
select
    school_id,
    class_date,
    teacher_id,
    session_type,
    grade_level,
    status,
    sum(classes)::bigint as classes,
    sum(hours)::decimal(12,2) as hours,
    sum(students)::bigint as students,
    (case when status = 'no_show' then sum(classes) else 0 end)::bigint as no_shows,
    (case when status = 'cancelled' then sum(classes) else 0 end)::bigint as cancellations,
    sum(trials)::bigint as trials,
from together
group by school_id, class_date, teacher_id, session_type, grade_level, status
order by class_date, school_id, teacher_id, session_type, grade_level, status
