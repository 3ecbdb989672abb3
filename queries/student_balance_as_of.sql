-- question: How did this student's hours stand at an instant?
-- grain: student_id
-- note: every figure is a sum over the ledger's entries effective by then
-- param: student_id integer
-- param: as_of instant null
-- step: entries_until
with summed as (
    select
        count(*) as entries,
        sum(hours) filter (where figure = 'purchased') as purchased,
        sum(hours) filter (where figure = 'added') as added,
        sum(hours) filter (where figure = 'deducted') as deducted,
        sum(hours) filter (where figure = 'consumed') as consumed,
        sum(hours) filter (where figure = 'reserved') as reserved,
        sum(hours) filter (where figure = 'returned') as returned,
        sum(hours) filter (where figure = 'expired') as expired,
        sum(hours) filter (where figure = 'extended') as extended,
        sum(hours) filter (where figure = 'voided') as voided,
        sum(hours) filter (where package_id is not null) as remaining,
        sum(hours) filter (where package_id is null) as overdrawn,
    from entries_until
)

select
    students.student_id,
    entries,
    coalesce(purchased, 0)::decimal(14,2) as hours_purchased,
    coalesce(added, 0)::decimal(14,2) as hours_added,
    coalesce(-deducted, 0)::decimal(14,2) as hours_deducted,
    coalesce(-consumed, 0)::decimal(14,2) as hours_consumed,
    coalesce(-reserved, 0)::decimal(14,2) as hours_reserved,
    coalesce(returned, 0)::decimal(14,2) as hours_returned,
    coalesce(-expired, 0)::decimal(14,2) as hours_expired,
    coalesce(extended, 0)::decimal(14,2) as hours_extended,
    coalesce(-voided, 0)::decimal(14,2) as hours_voided,
    coalesce(remaining, 0)::decimal(14,2) as hours_remaining,
    coalesce(-overdrawn, 0)::decimal(14,2) as hours_overdrawn,
from students
cross join summed
where students.student_id = $student_id
order by students.student_id
