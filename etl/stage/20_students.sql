-- Who is a student: an account balance, a purchase, or an active student membership; and the school joined first.
-- grain: student_id
create or replace temp table stage_students as
with
known as (
    select student_id from mirror.finances_studentaccountbalance
    union
    select student_id from mirror.finances_purchasetransaction
    union
    select user_id from mirror.accounts_schoolmembership where role = 'student' and is_active
),
homes as (
    -- Membership as a student counts before any other role; leaving a school does not move its books.
    select
        membership.user_id,
        arg_min(membership.school_id, (case when membership.role = 'student' then 0 else 1 end, membership.joined_at, membership.id)) as school_id,
    from mirror.accounts_schoolmembership as membership
    semi join stage_schools as schools on schools.school_id = membership.school_id
    group by membership.user_id
)
select
    known.student_id,
    homes.school_id as home_school_id,
from known
left join homes on homes.user_id = known.student_id
where known.student_id is not null
