-- check: A student's ledger entries add up to what remains less what is overdrawn, and each figure to its entries.
-- severity: stop
with
summed as (
    select
        student_id,
        sum(hours) as hours,
        sum(hours) filter (where kind = 'purchased') as purchased,
        -sum(hours) filter (where kind in ('consumed', 'overdrawn')) as consumed,
        -sum(hours) filter (where kind = 'reserved') as reserved,
        sum(hours) filter (where kind = 'returned') as returned,
        -sum(hours) filter (where kind = 'expired') as expired,
        -sum(hours) filter (where kind = 'voided') as voided,
    from snap.ledger
    semi join picked_students using (student_id)
    group by student_id
)
select
    balances.student_id,
    summed.hours as ledger_hours,
    balances.hours_remaining - balances.hours_overdrawn as balance_hours,
from (from snap.student_balances semi join picked_students using (student_id)) as balances
full join summed on summed.student_id = balances.student_id
where coalesce(summed.hours, 0) is distinct from balances.hours_remaining - balances.hours_overdrawn
    or coalesce(summed.purchased, 0) is distinct from balances.hours_purchased
    or coalesce(summed.consumed, 0) is distinct from balances.hours_consumed
    or coalesce(summed.reserved, 0) is distinct from balances.hours_reserved
    or coalesce(summed.returned, 0) is distinct from balances.hours_returned
    or coalesce(summed.expired, 0) is distinct from balances.hours_expired
    or coalesce(summed.voided, 0) is distinct from balances.hours_voided
