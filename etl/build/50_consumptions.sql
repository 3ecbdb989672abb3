-- Consumptions of simple histories, each charged to the package it was booked on.
-- grain: consumption_id
create or replace temp table build_consumptions as
with
valued as (
    select
        rows.*,
        rows.class_at <= getvariable('as_of') as is_taught,
        packages.price_cents,
        packages.granted,
        packages.is_exact and packages.granted > 0 as is_exact,
        case when rows.returned_at <= rows.class_at then rows.returned else 0 end as returned_before,
        classes.cents as class_cents,
        returns.cents as return_cents,
    from stage_consumptions as rows
    left join build_packages as packages on packages.package_id = rows.booked_package_id
    left join build_cents as classes on classes.source_id = rows.consumption_id and classes.step = 0 and classes.package_id = rows.booked_package_id
    left join build_cents as returns on returns.source_id = rows.consumption_id and returns.step = 1 and returns.package_id = rows.booked_package_id
    anti join build_replay_students as replayed on replayed.student_id = rows.student_id
)
select
    consumption_id,
    student_id,
    coalesce(session_school_id, package_school_id) as school_id,
    session_id,
    booked_package_id,
    case when booked > 0 then booked_package_id end as charged_package_id,
    false as is_split,
    case when booked > 0 then 'package ' || booked_package_id || ': ' || booked::decimal(12,2) || ' h' end as charged_to,
    case when booked > 0 then package_school_id end as charged_school_id,
    teacher_id,
    session_type,
    grade_level,
    session_status,
    class_at,
    class_day(class_at, session_date) as class_date,
    class_hour(class_at, start_time) as class_hour,
    booked_at,
    held_at,
    booked::decimal(12,2) as hours_booked,
    effective::decimal(12,2) as hours_effective,
    returned::decimal(12,2) as hours_returned,
    0::decimal(12,2) as hours_overdrawn,
    returned_at,
    case
        when not is_taught then 0
        when is_exact then price_cents * (effective * 100)::bigint // greatest(granted, 1) / 100
        else (coalesce(class_cents, 0) + coalesce(return_cents, 0)) / 100
    end::decimal(14,2) as amount,
    case
        when not is_taught then 0
        when is_exact then price_cents * ((booked - returned_before) * 100)::bigint // greatest(granted, 1) / 100
        else coalesce(class_cents, 0) / 100
    end::decimal(14,2) as amount_at_class,
    is_taught,
    booking_state(booked, effective, is_taught, held_at) as state,
    is_refunded,
    updated_at,
from valued
