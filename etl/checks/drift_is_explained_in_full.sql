-- check: The causes of a drift add up to it.
-- severity: warn
with
causes as (select student_id, sum(hours) as hours from snap.drift_causes group by student_id)
select balances.student_id, balances.drift, causes.hours
from snap.student_balances as balances
full join causes on causes.student_id = balances.student_id
where coalesce(balances.drift, 0) is distinct from coalesce(causes.hours, 0)
