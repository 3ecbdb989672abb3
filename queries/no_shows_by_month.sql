-- question: How many classes of each month were no-shows or cancelled?
-- grain: class_month
-- note: classes holds all of them; a rate of no-shows is over the classes that were not cancelled
-- param: from_date date
-- param: until_date date
-- param: school_id integer null
-- step: usage_in_period
select
    date_trunc('month', class_date)::date as class_month,
    sum(classes)::bigint as classes,
    sum(no_shows)::bigint as no_shows,
    sum(cancellations)::bigint as cancellations,
    (sum(classes) - sum(cancellations))::bigint as classes_not_cancelled,
from usage_in_period
group by class_month
order by class_month
