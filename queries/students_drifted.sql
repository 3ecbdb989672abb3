-- question: For which students does the platform's balance differ from the ledger?
-- grain: student_id
-- param: cause text null
-- param: school_id integer null
-- param: limit integer 50
-- param: offset integer 0
with named as (
    select student_id, string_agg(cause, ', ' order by abs(hours) desc, cause) as causes,
    from drift_causes
    group by student_id
    having $cause::varchar is null or list_contains(list(cause), $cause)
)

select
    balances.student_id,
    students.name,
    students.school_names,
    balances.platform_remaining,
    balances.hours_remaining,
    balances.drift,
    named.causes,
    count(*) over () as students_matching,
from student_balances as balances
join students using (student_id)
left join named using (student_id)
where balances.drift <> 0
    and ($cause::varchar is null or named.student_id is not null)
    and (
        $school_id::bigint is null
        or balances.student_id in (select student_id from student_schools where school_id = $school_id)
    )
order by abs(balances.drift) desc, balances.student_id
limit $limit offset $offset
