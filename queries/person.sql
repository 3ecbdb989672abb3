-- question: Who is this user, and whose pages are theirs?
-- grain: user_id
-- note: asked to find out who a viewer is, of the whole business only
-- note: a student whose student memberships are all inactive is none; one who never had any is
-- note: teacher_ids and child_ids ascend; children by active links to students
-- param: user_id integer
with roles as (
    select count(*) as memberships, count(*) filter (where is_active) as active,
    from memberships
    where user_id = $user_id and role = 'student'
),

taught_by as (
    select list(teacher_id order by teacher_id) as teacher_ids,
    from teachers
    where user_id = $user_id
),

links as (
    select list(distinct child_id order by child_id) as child_ids,
    from guardians
    where parent_id = $user_id
        and is_active
        and child_id in (select student_id from students)
)

select
    users.user_id,
    users.email,
    users.name,
    users.is_active,
    users.is_staff,
    users.user_id in (select student_id from students where student_id = $user_id)
        and (roles.memberships = 0 or roles.active > 0) as is_student,
    coalesce(taught_by.teacher_ids, []) as teacher_ids,
    coalesce(links.child_ids, []) as child_ids,
from users
cross join roles
cross join taught_by
cross join links
where users.user_id = $user_id
order by users.user_id
