-- question: How many classes and hours did a period have?
-- grain: as_of
-- param: from_date date
-- param: until_date date
-- param: school_id integer null
-- step: usage_in_period
with summed as (
    select
        coalesce(sum(classes), 0)::bigint as classes,
        coalesce(sum(hours), 0)::decimal(14,2) as hours,
        coalesce(sum(students), 0)::bigint as students,
        coalesce(sum(no_shows), 0)::bigint as no_shows,
        coalesce(sum(cancellations), 0)::bigint as cancellations,
        coalesce(sum(trials), 0)::bigint as trials,
    from usage_in_period
)

select
    sync.as_of,
    classes,
    hours,
    students,
    no_shows,
    cancellations,
    trials,
from (select as_of from sync) as sync
cross join summed
order by sync.as_of
