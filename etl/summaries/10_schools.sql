-- grain: school_id
insert into snap.schools
with
counts as (select school_id, count(*) as students from snap.student_schools group by school_id)
select
    schools.school_id,
    schools.name,
    schools.timezone,
    schools.currency,
    schools.language,
    schools.primary_color,
    coalesce(counts.students, 0) as student_count,
    schools.address,
    schools.contact_email,
    schools.phone_number,
    schools.website,
    schools.logo,
    schools.secondary_color,
    schools.tax_id,
    schools.billing_contact_name,
    schools.billing_contact_email,
    schools.billing_address,
from stage_schools as schools
left join counts on counts.school_id = schools.school_id
order by schools.school_id
