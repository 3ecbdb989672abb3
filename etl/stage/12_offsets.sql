-- Offset of each zone on each school day that holds a class, where it is the same all day; null on the days it changes.
-- Zone arithmetic per class would take most of a sync; classes share a few thousand days.
-- grain: timezone, date
create or replace temp table stage_offsets as
with
days as (
    select distinct schools.timezone, sessions.date
    from mirror.finances_classsession as sessions
    join stage_schools as schools on schools.school_id = sessions.school_id
    where sessions.date is not null
),
ends as (
    select
        timezone,
        date,
        epoch_us(date::timestamp) - epoch_us(timezone(timezone, date::timestamp)) as at_start,
        epoch_us(date::timestamp + interval 1 day) - epoch_us(timezone(timezone, date::timestamp + interval 1 day)) as at_end,
    from days
)
select
    timezone,
    date,
    case when at_start = at_end then at_start end as offset_us,
from ends
