-- question: Which students match, and how do their hours stand?
-- grain: student_id
-- note: students_matching counts all that match, whatever the limit
-- note: next_expiry_date is a day of the student's first school
-- note: after_*: the sort_* columns and student_id of the last row already seen
-- param: search text null
-- param: school_id integer null
-- param: status all|has_hours|none|overdrawn|expiring|at_risk|drifted all
-- param: sort name|hours_usable|next_expiry|pace|last_class|drift|overdrawn name
-- param: descending boolean false
-- param: after_missing boolean null
-- param: after_measure decimal null
-- param: after_name text null
-- param: after_id integer null
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
        students.school_ids,
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

measured as (
    select
        *,
        case when $sort = 'hours_usable' then hours_usable
            when $sort = 'pace' then pace_per_week
            when $sort = 'drift' then abs(drift)
            when $sort = 'overdrawn' then hours_overdrawn
            when $sort = 'next_expiry' then epoch_us(next_expiry)::decimal(38,2)
            when $sort = 'last_class' then epoch_us(last_class_at)::decimal(38,2)
        end * case when $descending then -1 else 1 end as sort_measure,
        lower(strip_accents(coalesce(name, ''))) as sort_name,
        $sort = 'name' and $descending as is_name_descending,
    from matching
),

following as (
    select
        *,
        sort_measure is null as sort_missing,
    from measured
    where $after_id::bigint is null
        or (sort_measure is null) > $after_missing
        or (sort_measure is null) = $after_missing and (
            coalesce(sort_measure, 0) > coalesce($after_measure::decimal(38,2), 0)
            or coalesce(sort_measure, 0) = coalesce($after_measure::decimal(38,2), 0) and (
                case when is_name_descending then sort_name < $after_name else sort_name > $after_name end
                or (sort_name = $after_name and student_id > $after_id)
            )
        )
),

sorted as (
    select
        *,
        row_number() over (
            order by
                sort_missing,
                sort_measure,
                case when is_name_descending then sort_name end desc nulls last,
                sort_name,
                student_id
        ) as position,
    from following
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
    page.school_ids,
    page.school_names,
    page.hours_remaining,
    page.hours_usable,
    page.hours_booked_ahead,
    page.hours_overdrawn,
    page.active_packages,
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
    page.sort_missing,
    page.sort_measure,
    page.sort_name,
    page.students_matching,
from page
left join schools on schools.school_id = page.first_school_id
order by page.position
