-- question: Why do the platform's counters differ from the ledger?
-- grain: cause
select
    cause,
    count(distinct student_id) as students,
    coalesce(sum(hours) filter (where hours > 0), 0)::decimal(14,2) as hours_too_high,
    coalesce(sum(hours) filter (where hours < 0), 0)::decimal(14,2) as hours_too_low,
    sum(abs(hours))::decimal(14,2) as hours_off,
from drift_causes
group by cause
order by hours_off desc, cause
