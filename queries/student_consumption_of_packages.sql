-- question: Which classes took hours of these packages of a student, and how many, newest first?
-- grain: package_id, consumption_id
-- note: package_ids are whole numbers joined by commas
-- note: a class spread over several packages has one row for each, with the part that package pays
-- param: student_id integer
-- param: package_ids text
with wanted as (
    select unnest(string_split($package_ids, ','))::bigint as package_id
),

taken as (
    select
        package_id,
        session_id,
        any_value(source_id) filter (where source_table = 'finances_hourconsumption') as consumption_id,
        -sum(hours) as hours,
    from ledger
    semi join wanted using (package_id)
    where student_id = $student_id
        and kind in ('reserved', 'consumed', 'returned')
        and (session_id is not null or source_table = 'finances_hourconsumption')
    group by package_id, session_id, case when session_id is null then source_id end
)

select
    taken.package_id,
    taken.consumption_id,
    taken.session_id,
    taken.hours::decimal(12,2) as hours,
    consumptions.hours_booked,
    consumptions.hours_returned,
    consumptions.is_refunded,
    consumptions.state,
    consumptions.class_at,
    consumptions.class_date,
    consumptions.booked_at,
    consumptions.session_type,
    consumptions.session_status,
    consumptions.teacher_id,
    teachers.name as teacher_name,
from taken
left join consumptions on consumptions.consumption_id = taken.consumption_id
left join teachers on teachers.teacher_id = consumptions.teacher_id
where taken.consumption_id is not null
order by taken.package_id, consumptions.class_at desc, taken.consumption_id desc
