-- question: Why do the platform's counters differ from the ledger?
-- grain: cause
-- note: of the students who belong to school $school_id, or of all
-- param: school_id integer null
select
    cause,
    count(distinct student_id) as students,
    coalesce(sum(hours) filter (where hours > 0), 0)::decimal(14,2) as hours_too_high,
    coalesce(sum(hours) filter (where hours < 0), 0)::decimal(14,2) as hours_too_low,
    sum(abs(hours))::decimal(14,2) as hours_off,
from drift_causes
where $school_id::bigint is null
    or student_id in (select student_id from student_schools where school_id = $school_id)
group by cause
order by hours_off desc, cause
