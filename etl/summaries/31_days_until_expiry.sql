-- Days pass for every package, also for those of students nothing happened to.
update snap.packages
set days_until_expiry = date_diff('day', today.date, packages.expires_date)
from (
    select school_id, school_day(getvariable('as_of'), timezone) as date from stage_schools
    union all
    select null, school_day(getvariable('as_of'), getvariable('default_timezone'))
) as today
where today.school_id is not distinct from packages.school_id
    and packages.expires_date is not null
    and packages.days_until_expiry <> date_diff('day', today.date, packages.expires_date)
