-- question: How many classes and hours did each student have in a period?
-- grain: student_id
-- note: classes whose time has come and that were charged, missed or cancelled; the busiest students first
-- param: from_date date
-- param: until_date date
-- param: school_id integer null
-- param: limit integer 500
select
    consumptions.student_id,
    max(students.name) as name,
    count(*) as classes,
    sum(hours_effective)::decimal(14,2) as hours,
    count(*) filter (where session_status = 'no_show') as no_shows,
    count(*) filter (where session_status = 'cancelled') as cancellations,
    count(*) over () as students_matching,
from consumptions
left join students using (student_id)
where is_taught
    and class_date >= $from_date
    and class_date < $until_date
    and ($school_id::bigint is null or school_id = $school_id)
group by consumptions.student_id
order by hours desc, consumptions.student_id
limit $limit
