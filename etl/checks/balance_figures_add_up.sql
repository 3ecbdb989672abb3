-- check: Purchased + added + returned + extended - consumed - reserved - deducted - expired - voided = remaining - overdrawn.
-- severity: stop
select student_id, hours_remaining, hours_overdrawn
from snap.student_balances
where hours_purchased + hours_added + hours_returned + hours_extended
    - hours_consumed - hours_reserved - hours_deducted - hours_expired - hours_voided
    is distinct from hours_remaining - hours_overdrawn
