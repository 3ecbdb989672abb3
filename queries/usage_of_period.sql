-- question: How many classes and hours did each teacher give in a period, per school and kind of class?
-- grain: school_id, teacher_id, session_type
-- note: cancelled classes are counted in classes and in cancellations
-- param: from_date date
-- param: until_date date
-- param: school_id integer null
-- step: usage_in_period
with sums as (
    select
        school_id,
        teacher_id,
        session_type,
        sum(classes)::bigint as classes,
        sum(hours)::decimal(14,2) as hours,
        sum(students)::bigint as students,
        sum(no_shows)::bigint as no_shows,
        sum(cancellations)::bigint as cancellations,
        sum(trials)::bigint as trials,
    from usage_in_period
    group by all
)

select
    sums.school_id,
    schools.name as school_name,
    sums.teacher_id,
    teachers.name as teacher_name,
    session_type,
    classes,
    hours,
    sums.students,
    no_shows,
    cancellations,
    trials,
from sums
left join schools on schools.school_id = sums.school_id
left join teachers on teachers.teacher_id = sums.teacher_id
order by
    school_name nulls last,
    sums.school_id nulls last,
    teacher_name nulls last,
    sums.teacher_id nulls last,
    session_type nulls last
