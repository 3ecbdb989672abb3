-- Days pass for every package, also for those of students nothing happened to.
update snap.packages
set days_until_expiry = date_diff('day', school_day(getvariable('as_of'), today.timezone), packages.expires_date)
from (
    select school_id, timezone from stage_schools
    union all
    select null, getvariable('default_timezone')
) as today
where today.school_id is not distinct from packages.school_id
    and packages.expires_date is not null
    and packages.days_until_expiry <> date_diff('day', school_day(getvariable('as_of'), today.timezone), packages.expires_date)
