-- question: How much money is deferred: received for hours not yet taught?
-- grain: currency
-- note: one row per currency, never added up over currencies
-- param: school_id integer null
with latest as (
    select
        school_id,
        currency,
        arg_max(closing_deferred, month) as deferred,
    from money_by_month
    where $school_id::bigint is null or school_id = $school_id
    group by school_id, currency
)

select
    currency,
    sum(deferred)::decimal(18,2) as deferred,
    count(school_id) as schools,
from latest
group by currency
order by currency
