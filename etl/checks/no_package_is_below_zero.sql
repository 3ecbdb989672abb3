-- check: No package has less than no hours, in any state.
-- severity: stop
select package_id, student_id, hours_remaining, hours_consumed, hours_reserved, hours_expired, hours_voided
from snap.packages
where least(hours_granted, hours_remaining, hours_consumed, hours_reserved, hours_expired, hours_voided) < 0
