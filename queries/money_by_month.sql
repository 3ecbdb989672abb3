-- question: How did deferred money move in each month, per school?
-- grain: school_id, currency, month
-- param: months integer 13
-- param: school_id integer null
select
    money.school_id,
    schools.name as school_name,
    money.currency,
    month,
    opening_deferred,
    sold,
    recognised,
    breakage,
    refunded,
    closing_deferred,
    cash_in,
    cash_out,
    cash,
from money_by_month as money
left join schools on schools.school_id = money.school_id
where month > (select date_trunc('month', as_of at time zone 'UTC')::date from sync) - to_months($months::integer)
    and ($school_id::bigint is null or money.school_id = $school_id)
order by schools.name nulls last, money.school_id nulls last, money.currency, month
