-- check: No student has booked more hours than were bought.
-- severity: warn
select student_id, hours_overdrawn
from snap.student_balances
where hours_overdrawn > 0
