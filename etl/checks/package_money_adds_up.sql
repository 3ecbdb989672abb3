-- check: A package's price is recognised, breakage, refunded or deferred, to the cent, and so say its ledger entries.
-- severity: stop
with
summed as (select package_id, sum(amount) as deferred, sum(hours) as hours from snap.ledger semi join picked_students using (student_id) where package_id > 0 group by package_id)
select packages.package_id, packages.price, packages.amount_deferred, summed.deferred, packages.hours_remaining, summed.hours
from (from snap.packages semi join picked_students using (student_id)) as packages
full join summed on summed.package_id = packages.package_id
where packages.price is distinct from packages.amount_recognised + packages.amount_breakage + packages.amount_refunded + packages.amount_deferred
    or coalesce(summed.deferred, 0) is distinct from packages.amount_deferred
    or coalesce(summed.hours, 0) is distinct from packages.hours_remaining
