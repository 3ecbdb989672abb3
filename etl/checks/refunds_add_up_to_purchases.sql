-- check: A purchase's refunds add up to what the ledger gave back.
-- severity: stop
with
listed as (select transaction_id, sum(amount) as amount from snap.refunds semi join picked_students using (student_id) group by transaction_id),
voided as (select transaction_id, amount_refunded as amount from snap.purchases semi join picked_students using (student_id))
select coalesce(voided.transaction_id, listed.transaction_id) as transaction_id, listed.amount as listed, voided.amount as voided
from voided
full join listed on listed.transaction_id = voided.transaction_id
where coalesce(listed.amount, 0) is distinct from coalesce(voided.amount, 0)
