-- grain: user_id
insert into snap.users
select
    id as user_id,
    coalesce(email, '') as email,
    coalesce(name, '') as name,
    coalesce(is_active, false) as is_active,
    coalesce(is_staff, false) or coalesce(is_superuser, false) as is_staff,
from mirror.accounts_customuser
order by id
