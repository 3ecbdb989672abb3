-- question: How did money and deferred money move in each month of a period, per school?
-- grain: school_id, currency, month
-- note: months that lie wholly in the period
-- note: revenue is what was recognised and the breakage
-- param: from_date date
-- param: until_date date
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
    (recognised + breakage)::decimal(18,2) as revenue,
    refunded,
    closing_deferred,
    cash_in,
    cash_out,
    cash,
from money_by_month as money
left join schools on schools.school_id = money.school_id
where month >= $from_date
    and month + interval 1 month <= $until_date
    and ($school_id::bigint is null or money.school_id = $school_id)
order by month, school_name nulls last, money.school_id nulls last, money.currency
