-- check: Every row of the platform could be used.
-- severity: warn
select issue, source_table, source_id, detail
from snap.data_issues
where severity = 'error'
