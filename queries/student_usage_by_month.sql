-- question: How many hours of classes did this student take in each month?
-- grain: class_month
-- note: classes still to come are counted apart
-- param: student_id integer
-- param: months integer 24
with months as (
    select
        date_trunc('month', class_date)::date as class_month,
        count(*) filter (where is_taught and hours_effective > 0) as classes,
        coalesce(sum(hours_effective) filter (where is_taught), 0)::decimal(14,2) as hours,
        coalesce(sum(hours_effective) filter (where not is_taught), 0)::decimal(14,2) as hours_booked_ahead,
    from consumptions
    where student_id = $student_id
    group by all
),

latest as (
    select
        class_month,
        classes,
        hours,
        hours_booked_ahead,
    from months
    order by class_month desc
    limit $months
)

select
    class_month,
    classes,
    hours,
    hours_booked_ahead,
from latest
order by class_month
