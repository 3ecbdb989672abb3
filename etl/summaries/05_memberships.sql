-- grain: user_id, school_id, role
insert into snap.memberships
select
    user_id,
    school_id,
    coalesce(role, '') as role,
    bool_or(coalesce(is_active, false)) as is_active,
from mirror.accounts_schoolmembership
where user_id is not null and school_id is not null
group by user_id, school_id, coalesce(role, '')
order by user_id, school_id, coalesce(role, '')
