-- question: Which schools are there?
-- grain: school_id
select
    school_id,
    name,
    timezone,
    currency,
    language,
    student_count,
from schools
order by lower(strip_accents(name)), school_id
