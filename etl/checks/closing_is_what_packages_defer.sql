-- check: A school's last closing balance is the deferred money of its packages.
-- severity: stop
with
closing as (select school_id, arg_max(closing_deferred, month) as amount from snap.money_by_month group by school_id),
packages as (select school_id, sum(amount_deferred) as amount from snap.packages group by school_id)
select closing.school_id, closing.amount as closing, packages.amount as packages
from closing
full join packages on packages.school_id is not distinct from closing.school_id
where coalesce(closing.amount, 0) is distinct from coalesce(packages.amount, 0)
