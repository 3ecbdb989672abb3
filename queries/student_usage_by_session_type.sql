-- question: How many classes and hours of each kind did this student take?
-- grain: session_type
-- note: booked classes still to come are counted apart
-- param: student_id integer
-- param: from_date date null
-- param: through_date date null
-- step: student_classes_in_period
select
    session_type,
    count(*) filter (where is_taught) as classes,
    coalesce(sum(hours_effective) filter (where is_taught), 0)::decimal(14,2) as hours,
    count(*) filter (where not is_taught) as classes_booked_ahead,
    coalesce(sum(hours_effective) filter (where not is_taught), 0)::decimal(14,2) as hours_booked_ahead,
from student_classes_in_period
group by session_type
order by hours desc, session_type nulls last
