-- Consumptions of replayed histories, charged as the replay decided.  Runs after the replay; adds to build_consumptions.
-- grain: consumption_id
insert into build_consumptions
select
    rows.consumption_id,
    rows.student_id,
    coalesce(rows.session_school_id, rows.package_school_id, charges.school_id) as school_id,
    rows.session_id,
    rows.booked_package_id,
    charges.package_id as charged_package_id,
    not coalesce(charges.plain, false) as is_split,
    charges.charged_to,
    charges.school_id as charged_school_id,
    rows.teacher_id,
    rows.session_type,
    rows.grade_level,
    rows.session_status,
    rows.class_at,
    class_day(rows.class_at, rows.session_date) as class_date,
    class_hour(rows.class_at, rows.start_time) as class_hour,
    rows.booked_at,
    rows.held_at,
    rows.booked::decimal(12,2) as hours_booked,
    (rows.booked - coalesce(charges.returned, 0) / 100)::decimal(12,2) as hours_effective,
    (coalesce(charges.returned, 0) / 100)::decimal(12,2) as hours_returned,
    (coalesce(charges.overdrawn, 0) / 100)::decimal(12,2) as hours_overdrawn,
    make_timestamptz(charges.returned_at) as returned_at,
    (coalesce(charges.cents, 0) / 100)::decimal(14,2) as amount,
    (coalesce(charges.cents_at_class, 0) / 100)::decimal(14,2) as amount_at_class,
    rows.class_at <= getvariable('as_of') as is_taught,
    booking_state(rows.booked, rows.booked - coalesce(charges.returned, 0) / 100, rows.class_at <= getvariable('as_of'), rows.held_at) as state,
    rows.is_refunded,
    rows.updated_at,
from stage_consumptions as rows
semi join build_replay_students as replayed on replayed.student_id = rows.student_id
left join build_charges as charges on charges.consumption_id = rows.consumption_id
