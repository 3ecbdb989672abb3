-- Money moved in the ledger on the days from $from_date to $until_date (not itself), each a day of the books' school.
-- The first condition is coarse and reaches the files; the second is the rule that the months of the books go by.
select
    ledger.school_id,
    ledger.student_id,
    package_id,
    kind,
    hours,
    amount,
    (effective_at at time zone coalesce(schools.timezone, $zone))::date as effective_date,
    source_table,
    source_id,
from ledger
left join schools on schools.school_id = ledger.school_id
where effective_at >= $from_date::timestamp - interval 2 day
    and effective_at < $until_date::timestamp + interval 2 day
    and (effective_at at time zone coalesce(schools.timezone, $zone))::date >= $from_date
    and (effective_at at time zone coalesce(schools.timezone, $zone))::date < $until_date
    and ($school_id::bigint is null or ledger.school_id = $school_id)
