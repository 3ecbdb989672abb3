-- check: Deferred money belongs to hours still to be taught.
-- severity: warn
select package_id, amount_deferred
from snap.packages
where amount_deferred <> 0 and hours_remaining = 0 and hours_reserved = 0
