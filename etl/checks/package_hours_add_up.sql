-- check: A package's granted hours are consumed, reserved, deducted, expired, voided or remaining.
-- severity: stop
select package_id, hours_granted, hours_remaining
from snap.packages
where hours_granted - hours_consumed - hours_reserved - hours_deducted - hours_expired - hours_voided is distinct from hours_remaining
