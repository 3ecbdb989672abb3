-- question: Which students have this id, e-mail or name?
-- grain: student_id
-- note: an id or a whole e-mail first, then names that contain the text
-- param: search text
-- param: limit integer 20
with wanted as (
    select trim(lower(strip_accents($search::varchar))) as words
),

found as (
    select
        student_id,
        name,
        email,
        school_names,
        case
            when student_id::varchar = words then 1
            when lower(trim(email)) = trim(lower($search)) then 2
            else 3
        end as rank,
    from students
    cross join wanted
    where student_id::varchar = words
        or lower(trim(email)) = trim(lower($search))
        or (words <> '' and contains(lower(strip_accents(coalesce(name, ''))), words))
)

select
    student_id,
    name,
    email,
    school_names,
    rank = 1 or rank = 2 as is_exact,
from found
order by rank, lower(strip_accents(name)), student_id
limit $limit
