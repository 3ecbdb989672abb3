-- Which student belongs to which school: a student membership, a purchase, or a class there.
-- grain: student_id, school_id
insert into snap.student_schools
with
links as (
    select user_id as student_id, school_id, coalesce(is_active, false) as is_active
    from mirror.accounts_schoolmembership
    where role = 'student'
    union all
    select distinct student_id, school_id, false from snap.purchases where school_id is not null
    union all
    select distinct student_id, school_id, false from snap.consumptions where school_id is not null
)
select
    links.student_id,
    links.school_id,
    bool_or(links.is_active) as is_active,
from links
semi join stage_students as students on students.student_id = links.student_id
semi join stage_schools as schools on schools.school_id = links.school_id
group by links.student_id, links.school_id
order by links.student_id, links.school_id
