-- check: Counts and checksums of the source equal ours.
-- severity: stop
select table_name, source_rows, staged_rows, source_keys, staged_keys, source_content, staged_content
from snap.certificate
where not matches
