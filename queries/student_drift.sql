-- question: Why does the platform's counter differ from the ledger for this student?
-- grain: student_id, cause
-- param: student_id integer
select
    student_id,
    cause,
    hours,
    evidence,
    source_table,
    source_ids,
from drift_causes
where student_id = $student_id
order by abs(hours) desc, cause
