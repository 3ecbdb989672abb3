-- question: In whose name are a school's messages written?
-- grain: school_id
-- param: school_id integer null
select
    school_id,
    name,
    timezone,
    language,
    primary_color,
    coalesce(contact_email, billing_contact_email) as contact_email,
    tax_id,
from schools
where $school_id::bigint is null or school_id = $school_id
order by school_id
