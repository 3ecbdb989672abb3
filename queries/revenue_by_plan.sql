-- question: What did each plan sell, earn and give back in a period?
-- grain: school_id, currency, plan_name
-- note: sums over the ledger's entries; together they are the months of money_of_period
-- note: the plan as it was named when it was bought
-- param: from_date date
-- param: until_date date
-- param: school_id integer null
-- param: zone text UTC
-- step: moves_in_period
with sums as (
    select
        moves_in_period.school_id,
        purchases.currency,
        purchases.plan_name,
        count(*) filter (where kind = 'purchased') as packages,
        coalesce(sum(moves_in_period.amount) filter (where kind = 'purchased'), 0)::decimal(18,2) as sold,
        coalesce(-sum(moves_in_period.amount) filter (where kind in ('consumed', 'returned')), 0)::decimal(18,2) as recognised,
        coalesce(-sum(moves_in_period.amount) filter (where kind in ('expired', 'extended')), 0)::decimal(18,2) as breakage,
        coalesce(-sum(moves_in_period.amount) filter (where kind = 'voided'), 0)::decimal(18,2) as refunded,
        sum(moves_in_period.amount)::decimal(18,2) as deferred_change,
    from moves_in_period
    join purchases on purchases.transaction_id = package_id
    where moves_in_period.amount <> 0
    group by all
)

select
    sums.school_id,
    schools.name as school_name,
    sums.currency,
    plan_name,
    packages,
    sold,
    recognised,
    breakage,
    (recognised + breakage)::decimal(18,2) as revenue,
    refunded,
    deferred_change,
from sums
left join schools on schools.school_id = sums.school_id
order by school_name nulls last, sums.school_id nulls last, sums.currency, revenue desc, plan_name nulls last
