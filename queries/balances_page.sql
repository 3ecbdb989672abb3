-- question: Which students match, and how do their hours stand?
-- grain: student_id
-- note: students_matching counts all that match, whatever the limit
-- note: next_expiry_date is a day of the student's first school
-- param: search text null
-- param: school_id integer null
-- param: status all|has_hours|none|overdrawn|expiring|at_risk|drifted all
-- param: sort name|hours_usable|next_expiry|pace|last_class|drift|overdrawn name
-- param: descending boolean false
-- param: limit integer 50
-- param: offset integer 0
-- step: standings
with wanted as (
    select regexp_replace(trim(lower(strip_accents($search::varchar))), '\s+', ' ', 'g') as words
),

matching as (
    select
        students.student_id,
        students.name,
        students.email,
        students.is_active,
        students.school_names,
        students.school_ids[1] as first_school_id,
        standings.* exclude (student_id),
        count(*) over () as students_matching,
    from students
    join standings using (student_id)
    cross join wanted
    where (
            wanted.words is null
            or contains(lower(strip_accents(coalesce(students.name, ''))), wanted.words)
            or contains(lower(strip_accents(coalesce(students.email, ''))), wanted.words)
            or students.student_id::varchar = wanted.words
        )
        and case $status
            when 'has_hours' then hours_usable > 0
            when 'none' then hours_usable = 0 and hours_overdrawn = 0
            when 'overdrawn' then is_overdrawn
            when 'expiring' then is_expiring
            when 'at_risk' then is_overdrawn or runs_out or is_fading
            when 'drifted' then coalesce(drift, 0) <> 0
            else true
        end
),

sorted as (
    select
        *,
        row_number() over (
            order by
                case when $sort = 'hours_usable' then hours_usable
                    when $sort = 'pace' then pace_per_week
                    when $sort = 'drift' then abs(drift)
                    when $sort = 'overdrawn' then hours_overdrawn
                    when $sort = 'next_expiry' then epoch_us(next_expiry)::decimal(38,2)
                    when $sort = 'last_class' then epoch_us(last_class_at)::decimal(38,2)
                end * case when $descending then -1 else 1 end nulls last,
                case when $sort = 'name' and $descending then lower(strip_accents(name)) end desc nulls last,
                lower(strip_accents(name)),
                student_id
        ) as position,
    from matching
),

page as (
    select * from sorted
    where position > $offset and position <= $offset + $limit
)

select
    page.student_id,
    page.name,
    page.email,
    page.is_active,
    page.school_names,
    page.hours_usable,
    page.hours_booked_ahead,
    page.hours_overdrawn,
    page.hours_last_30_days,
    page.pace_per_week,
    page.next_expiry,
    (page.next_expiry at time zone coalesce(schools.timezone, 'UTC'))::date as next_expiry_date,
    page.next_expiry_hours,
    (page.last_class_at at time zone coalesce(schools.timezone, 'UTC'))::date as last_class_date,
    (page.next_class_at at time zone coalesce(schools.timezone, 'UTC'))::date as next_class_date,
    page.drift,
    page.drift_cause,
    page.is_expiring,
    page.is_overdrawn,
    page.runs_out,
    page.is_fading,
    page.students_matching,
from page
left join schools on schools.school_id = page.first_school_id
order by page.position
