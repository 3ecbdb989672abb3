-- question: How many classes and hours did each day, week or month have?
-- grain: period_start
-- note: weeks begin on Monday; cancelled classes are counted in classes and in cancellations
-- param: grain day|week|month week
-- param: from_date date
-- param: until_date date
-- param: school_id integer null
-- step: usage_in_period
select
    date_trunc($grain, class_date)::date as period_start,
    sum(classes)::bigint as classes,
    sum(hours)::decimal(14,2) as hours,
    sum(students)::bigint as students,
    sum(no_shows)::bigint as no_shows,
    sum(cancellations)::bigint as cancellations,
    sum(trials)::bigint as trials,
from usage_in_period
group by period_start
order by period_start
