-- question: Which roles has this user in which schools?
-- grain: school_id, role
-- note: active memberships only; asked to find out who a viewer is, of the whole business only
-- param: user_id integer
select
    school_id,
    role,
from memberships
where user_id = $user_id
    and is_active
order by school_id, role
