-- question: What are these people called?
-- grain: user_id
-- note: user_ids are whole numbers joined by commas; people outside what the asker may see are left out
-- param: user_ids text
with wanted as (
    select distinct try_cast(trim(piece) as bigint) as user_id,
    from (select unnest(string_split($user_ids, ',')) as piece)
),

people as (
    select user_id, name from users
    union all
    select student_id as user_id, name from students
)

select
    user_id,
    max(name) as name,
from people
semi join wanted using (user_id)
group by user_id
order by user_id
