-- grain: teacher_id
insert into snap.teachers
select
    profiles.id as teacher_id,
    profiles.user_id,
    coalesce(users.name, '') as name,
    profiles.specialty,
from mirror.accounts_teacherprofile as profiles
left join mirror.accounts_customuser as users on users.id = profiles.user_id
order by profiles.id
