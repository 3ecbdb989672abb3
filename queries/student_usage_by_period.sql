-- question: How many classes and hours did this student take in each day, week or month?
-- grain: period_start
-- note: weeks begin on Monday; booked classes still to come are counted apart
-- note: days are the school's, from_date and through_date both included
-- param: student_id integer
-- param: grain day|week|month month
-- param: from_date date null
-- param: through_date date null
-- step: student_classes_in_period
select
    date_trunc($grain, class_date)::date as period_start,
    count(*) filter (where is_taught) as classes,
    coalesce(sum(hours_effective) filter (where is_taught), 0)::decimal(14,2) as hours,
    count(*) filter (where not is_taught) as classes_booked_ahead,
    coalesce(sum(hours_effective) filter (where not is_taught), 0)::decimal(14,2) as hours_booked_ahead,
from student_classes_in_period
group by period_start
order by period_start
