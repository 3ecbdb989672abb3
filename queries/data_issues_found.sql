-- question: Which rows of the platform have an issue?
-- grain: issue, source_table, source_id, column_name
-- note: rows_matching counts all of them, whatever the limit
-- param: issue text null
-- param: school_id integer null
-- param: limit integer 50
-- param: offset integer 0
select
    issue,
    severity,
    source_table,
    source_id,
    column_name,
    value,
    student_id,
    school_id,
    detail,
    count(*) over () as rows_matching,
from data_issues
where ($issue::varchar is null or issue = $issue)
    and ($school_id::bigint is null or school_id = $school_id)
order by
    case severity when 'error' then 1 when 'warning' then 2 else 3 end,
    issue,
    source_table,
    source_id,
    column_name
limit $limit offset $offset
