-- Consumptions of the picked students: when the class is, what was held, what it really costs, whose package it names.
-- grain: consumption_id
create or replace temp table stage_consumptions as
with
joined as (
    select
        rows.id as consumption_id,
        rows.student_id,
        sessions.id as session_id,
        sessions.school_id as session_school_id,
        sessions.teacher_id,
        sessions.session_type,
        sessions.grade_level,
        sessions.status as session_status,
        sessions.date as session_date,
        sessions.start_time,
        schools.timezone as session_timezone,
        case
            when offsets.offset_us is not null then make_timestamptz(epoch_us(sessions.date + sessions.start_time) - offsets.offset_us)
            when sessions.date is not null and sessions.start_time is not null
                then timezone(coalesce(schools.timezone, getvariable('default_timezone')), sessions.date + sessions.start_time)
            else coalesce(rows.consumed_at, rows.created_at, rows.updated_at)
        end as class_at,
        coalesce(rows.created_at, rows.consumed_at, rows.updated_at) as booked_at,
        coalesce(rows.updated_at, rows.created_at, rows.consumed_at) as updated_at,
        greatest(coalesce(rows.hours_consumed, 0), 0) as consumed,
        greatest(coalesce(rows.hours_originally_reserved, 0), 0) as reserved,
        coalesce(rows.is_refunded, false) as is_refunded,
        rows.refund_reason,
        rows.purchase_transaction_id as booked_package_id,
        purchases.transaction_id is not null as is_own,
        coalesce(purchases.grants, false) as is_grant,
        purchases.created_at as granted_at,
        purchases.expires_at,
        purchases.school_id as package_school_id,
        purchases.hours as package_hours,
    from picked_consumptions as rows
    left join mirror.finances_classsession as sessions on sessions.id = rows.class_session_id
    left join stage_schools as schools on schools.school_id = sessions.school_id
    left join stage_offsets as offsets on offsets.timezone = schools.timezone and offsets.date = sessions.date
    -- Another student's package pays for nothing here.
    left join stage_purchases as purchases on purchases.transaction_id = rows.purchase_transaction_id and purchases.student_id = rows.student_id
),
costed as (
    select
        -- In the year 9999 a class west of Greenwich would end up past the last instant that can be told.
        * replace (
            case when class_at > '9999-12-31 23:59:59.999999+00' then '9999-12-31 23:59:59.999999+00'::timestamptz else class_at end as class_at
        ),
        case when is_refunded then greatest(consumed, reserved) else consumed end as booked,
        case
            when not is_refunded then consumed
            when session_status = 'cancelled' then 0
            when reserved > consumed then consumed
            else 0
        end as effective,
        least(booked_at, class_at) as held_at,
    from joined
)
select
    * exclude (consumed, reserved),
    -- A row not returned was charged as reserved; an edit later does not reach the platform's counter.
    case when not is_refunded and reserved > 0 then consumed - reserved else 0 end as edited_by,
    booked - effective as returned,
    case when booked > effective then updated_at end as returned_at,
from costed
where class_at is not null and booked_at is not null
