-- question: Does the snapshot hold what the platform held?
-- grain: table_name
select
    table_name,
    matches,
    source_rows,
    staged_rows,
    rows_changed,
    rows_deleted,
    source_keys,
    staged_keys,
    source_content,
    staged_content,
    content_scope,
    read_seconds,
from certificate
order by matches, table_name
