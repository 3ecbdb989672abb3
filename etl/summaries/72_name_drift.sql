-- The largest cause stands beside the balance.
update snap.student_balances as balances
set drift_cause = causes.cause
from (
    select student_id, arg_max(cause, (abs(hours), cause)) as cause
    from snap.drift_causes
    group by student_id
) as causes
where causes.student_id = balances.student_id and balances.drift <> 0
