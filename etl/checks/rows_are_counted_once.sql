-- check: Every consumption, package and entry stands once.
-- severity: stop
select 'consumptions' as place, consumption_id::varchar as id from snap.consumptions semi join picked_students using (student_id) group by consumption_id having count(*) > 1
union all
select 'packages', package_id::varchar from snap.packages semi join picked_students using (student_id) group by package_id having count(*) > 1
union all
select 'entries', entry_id from snap.entries semi join picked_students using (student_id) group by entry_id having count(*) > 1
union all
select 'student_balances', student_id::varchar from snap.student_balances group by student_id having count(*) > 1
