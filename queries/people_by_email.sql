-- question: Which users have this e-mail, in whatever case it was written?
-- grain: user_id
-- note: asked to find out who a viewer is, of the whole business only
-- param: email text
select
    user_id,
    is_active,
from users
where lower(trim(email)) = lower(trim($email))
    and trim(email) <> ''
order by user_id
