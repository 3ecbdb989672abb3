-- question: Who is the first person of each role?
-- grain: role
-- note: people who may sign in; asked where a demo school lets one choose whom to be, of the whole business only
with people as (
    select 'platform_staff' as role, user_id, name, null::bigint as school_id,
    from users
    where is_active and is_staff
    union all
    select memberships.role, user_id, users.name, memberships.school_id,
    from memberships
    join users using (user_id)
    where memberships.is_active
        and users.is_active
        and (
            memberships.role <> 'parent'
            or user_id in (select parent_id from guardians where is_active)
        )
)

select
    people.role,
    min(people.user_id) as user_id,
    arg_min(people.name, people.user_id) as name,
    arg_min(schools.name, people.user_id) as school_name,
from people
left join schools using (school_id)
group by people.role
order by people.role
