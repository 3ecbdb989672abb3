-- check: No entry is effective after the snapshot's instant.
-- severity: stop
select entry_id, effective_at
from snap.ledger
semi join picked_students using (student_id)
where effective_at > getvariable('as_of') or effective_at is null
