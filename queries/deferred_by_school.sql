-- question: How much money is deferred in each school's books?
-- grain: school_id, currency
-- param: school_id integer null
select
    money.school_id,
    max(schools.name) as school_name,
    money.currency,
    arg_max(closing_deferred, month) as deferred,
from money_by_month as money
left join schools on schools.school_id = money.school_id
where $school_id::bigint is null or money.school_id = $school_id
group by money.school_id, money.currency
order by school_name nulls last, money.school_id nulls last, money.currency
