-- question: What is odd in the platform's data, and how often?
-- grain: issue, severity
-- param: school_id integer null
select
    issue,
    severity,
    count(*) as rows_found,
    count(distinct student_id) as students,
    max(detail) as detail,
from data_issues
where $school_id::bigint is null or school_id = $school_id
group by issue, severity
order by
    case severity when 'error' then 1 when 'warning' then 2 else 3 end,
    rows_found desc,
    issue
