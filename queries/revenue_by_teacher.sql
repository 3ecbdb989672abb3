-- question: What revenue did the classes of each teacher bring in a period?
-- grain: school_id, currency, teacher_id
-- note: revenue of classes only; breakage has no teacher
-- note: what no class stands behind (contra revenue of refunds), or a class of another school, has no teacher
-- param: from_date date
-- param: until_date date
-- param: school_id integer null
-- param: zone text UTC
-- step: moves_in_period
with sums as (
    select
        moves_in_period.school_id,
        purchases.currency,
        classes.teacher_id,
        count(distinct source_id) filter (where kind = 'consumed') as places,
        (-sum(moves_in_period.amount))::decimal(18,2) as recognised,
    from moves_in_period
    join purchases on purchases.transaction_id = package_id
    left join (select consumption_id, teacher_id from consumptions) as classes
        on classes.consumption_id = source_id
        and source_table = 'finances_hourconsumption'
    where kind in ('consumed', 'returned')
        and moves_in_period.amount <> 0
    group by all
)

select
    sums.school_id,
    schools.name as school_name,
    sums.currency,
    sums.teacher_id,
    teachers.name as teacher_name,
    places,
    recognised,
from sums
left join schools on schools.school_id = sums.school_id
left join teachers on teachers.teacher_id = sums.teacher_id
order by school_name nulls last, sums.school_id nulls last, sums.currency, recognised desc, sums.teacher_id nulls last
