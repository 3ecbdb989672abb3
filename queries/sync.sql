-- question: How and when was this snapshot made?
-- grain: snapshot_id
select
    snapshot_id,
    as_of,
    started_at,
    finished_at,
    mode,
    mode_reason,
    reader,
    source,
    source_snapshot,
    seconds,
    rows_read,
    rows_changed,
    rows_deleted,
    students_rebuilt,
    latest_change_at,
    previous_snapshot_id,
    version,
    is_demo,
from sync
order by snapshot_id
