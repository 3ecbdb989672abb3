-- check: Every drift has a named cause.
-- severity: warn
select student_id, hours, evidence
from snap.drift_causes
where cause = 'unknown'
