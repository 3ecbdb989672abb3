-- question: Which students need a word, and why?
-- grain: student_id
-- note: overdrawn = classes that no package covers; runs_out = within 14 days at the student's own pace
-- note: fading = hours left, nothing booked, and the last class 28 to 112 days ago
-- param: school_id integer null
-- param: reason any|overdrawn|runs_out|fading any
-- param: limit integer 100
-- step: standings
with reasons as (
    select
        standings.*,
        case
            when is_overdrawn then 'overdrawn'
            when runs_out then 'runs_out'
            when is_fading then 'fading'
        end as reason,
    from standings
)

select
    reasons.student_id,
    students.name,
    students.school_names,
    reasons.reason,
    reasons.hours_usable,
    reasons.hours_booked_ahead,
    reasons.hours_overdrawn,
    reasons.pace_per_week,
    floor(reasons.days_left)::bigint as days_left,
    (reasons.last_class_at at time zone coalesce(schools.timezone, 'UTC'))::date as last_class_date,
from reasons
join students using (student_id)
left join schools on schools.school_id = students.school_ids[1]
where reasons.reason is not null
    and ($reason = 'any' or reasons.reason = $reason)
order by
    case reasons.reason when 'overdrawn' then 1 when 'runs_out' then 2 else 3 end,
    reasons.hours_overdrawn desc,
    reasons.days_left nulls last,
    reasons.student_id
limit $limit
