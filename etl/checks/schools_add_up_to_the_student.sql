-- check: A student's balance is the sum over the schools.
-- severity: stop
with
summed as (select student_id, sum(hours_remaining) as hours, sum(hours_overdrawn) as overdrawn from snap.student_school_balances group by student_id)
select balances.student_id, balances.hours_remaining, summed.hours
from snap.student_balances as balances
left join summed on summed.student_id = balances.student_id
where balances.hours_remaining is distinct from coalesce(summed.hours, 0) or balances.hours_overdrawn is distinct from coalesce(summed.overdrawn, 0)
