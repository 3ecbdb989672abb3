-- grain: package_id
insert into snap.expirations
select
    package_id,
    student_id,
    school_id,
    plan_name,
    currency,
    expires_at,
    expires_date,
    days_until_expiry,
    expires_at <= getvariable('as_of') as is_expired,
    case when expires_at <= getvariable('as_of') then 0 else hours_remaining end as hours_at_stake,
    -- What is deferred also covers classes already booked; their hours will not expire.
    case
        when expires_at <= getvariable('as_of') or hours_remaining <= 0 then 0
        else amount_deferred - case
            when hours_remaining + hours_reserved > 0
                then recognised_cents((amount_deferred * 100)::bigint, (hours_reserved * 100)::bigint, ((hours_remaining + hours_reserved) * 100)::bigint) / 100
            else 0
        end::decimal(14,2)
    end as amount_at_stake,
    hours_expired,
    amount_breakage,
from snap.packages
where expires_at is not null and status <> 'upcoming'
order by expires_at, package_id
