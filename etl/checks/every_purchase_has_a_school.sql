-- check: Every purchase belongs to a school.
-- severity: warn
select transaction_id, student_id
from snap.purchases
where school_id is null and grants
