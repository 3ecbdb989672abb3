-- question: Who is written to about these students: themselves and their guardians?
-- grain: student_id, user_id
-- note: only who may sign in; a guardian's link must be active, and of the school named, or of none
-- param: student_ids integers
-- param: school_id integer null
with people as (
    select
        student_id,
        student_id as user_id,
        false as is_guardian,
    from students
    where student_id in (select unnest($student_ids::bigint[]))
    union all
    select
        child_id as student_id,
        parent_id as user_id,
        true as is_guardian,
    from guardians
    where is_active
        and child_id in (select unnest($student_ids::bigint[]))
        and ($school_id::bigint is null or school_id = $school_id or school_id is null)
)

select
    people.student_id,
    people.user_id,
    bool_and(people.is_guardian) as is_guardian,
    any_value(users.name) as name,
    any_value(users.email) as email,
from people
join users on users.user_id = people.user_id and users.is_active
group by people.student_id, people.user_id
order by people.student_id, is_guardian, people.user_id
