-- question: How many hours expired unused in each month, and what were they worth?
-- grain: month, currency
-- param: months integer 24
-- param: school_id integer null
with expired as (
    select
        date_trunc('month', expires_date)::date as month,
        currency,
        count(*) as packages,
        sum(hours_expired)::decimal(14,2) as hours_expired,
        sum(amount_breakage)::decimal(18,2) as amount_breakage,
    from expirations
    where is_expired
        and hours_expired > 0
        and ($school_id::bigint is null or school_id = $school_id)
    group by all
)

select
    month,
    currency,
    packages,
    hours_expired,
    amount_breakage,
from expired
where month > (select date_trunc('month', as_of at time zone 'UTC')::date from sync) - to_months($months::integer)
order by month, currency
