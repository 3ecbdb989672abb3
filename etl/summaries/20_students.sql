-- grain: student_id
insert into snap.students
with
places as (
    select
        links.student_id,
        list(links.school_id order by links.school_id) as school_ids,
        string_agg(schools.name, ', ' order by links.school_id) as school_names,
    from snap.student_schools as links
    join snap.schools as schools on schools.school_id = links.school_id
    group by links.student_id
),
profiles as (select user_id, arg_min(school_year, id) as school_year from mirror.accounts_studentprofile group by user_id)
select
    students.student_id,
    coalesce(users.name, '') as name,
    coalesce(users.email, '') as email,
    coalesce(users.is_active, false) as is_active,
    nullif(profiles.school_year, '') as school_year,
    coalesce(places.school_ids, []::bigint[]) as school_ids,
    coalesce(places.school_names, '') as school_names,
    users.date_joined as joined_at,
    accounts.student_id is not null as has_account,
from stage_students as students
left join mirror.accounts_customuser as users on users.id = students.student_id
left join profiles on profiles.user_id = students.student_id
left join places on places.student_id = students.student_id
left join stage_accounts as accounts on accounts.student_id = students.student_id
order by students.student_id
