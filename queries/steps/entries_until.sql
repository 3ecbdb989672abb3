-- The entries of student $student_id that were effective by $as_of, or by now, with the figure each belongs to.
-- A class that no package covers is consumed all the same; when a later package covers it, an overdrawn entry gives the
-- hours back and a consumed one takes them, so the two kinds together are the hours consumed.
select
    entry_id,
    school_id,
    package_id,
    kind,
    case kind when 'overdrawn' then 'consumed' else kind end as figure,
    case when kind in ('consumed', 'overdrawn', 'reserved', 'deducted', 'expired', 'voided') then -1 else 1 end as sign,
    hours,
    amount,
    effective_at,
    recorded_at,
    source_table,
    source_id,
    session_id,
    note,
from ledger
where student_id = $student_id
    and ($as_of::timestamptz is null or effective_at <= $as_of)
