-- check: Opening + sold - recognised - breakage - refunded = closing = the next month's opening.
-- severity: stop
select school_id, month, opening_deferred, closing_deferred
from (
    select
        *,
        lag(closing_deferred, 1, 0) over (partition by school_id, currency order by month) as closed_before,
    from snap.money_by_month
)
where opening_deferred + sold - recognised - breakage - refunded is distinct from closing_deferred
    or opening_deferred is distinct from closed_before
