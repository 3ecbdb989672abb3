-- Schools with a zone and a currency that can be relied on.
-- grain: school_id
create or replace temp table stage_schools as
with
-- Some names are DuckDB's alone, such as BST: what reads the snapshot would know no such zone.
zones as (select name from pg_timezone_names() where list_contains(getvariable('known_zones'), name)),
settings as (select * from mirror.accounts_schoolsettings qualify row_number() over (partition by school_id order by id) = 1)
select
    school.id as school_id,
    coalesce(school.name, '') as name,
    coalesce(zones.name, getvariable('default_timezone')) as timezone,
    case
        when regexp_full_match(upper(trim(settings.currency_code)), '[A-Z]{3}') then upper(trim(settings.currency_code))
        else getvariable('default_currency')
    end as currency,
    coalesce(nullif(lower(trim(settings.language)), ''), 'pt') as language,
    case when regexp_full_match(school.primary_color, '#[0-9a-fA-F]{6}') then lower(school.primary_color) end as primary_color,
    case when regexp_full_match(school.secondary_color, '#[0-9a-fA-F]{6}') then lower(school.secondary_color) end as secondary_color,
    written_lines(school.address) as address,
    written_line(school.contact_email, 254) as contact_email,
    written_line(school.phone_number, 50) as phone_number,
    written_line(school.website, 200) as website,
    written_line(school.logo, 200) as logo,
    written_line(settings.tax_id, 50) as tax_id,
    written_line(settings.billing_contact_name, 150) as billing_contact_name,
    written_line(settings.billing_contact_email, 254) as billing_contact_email,
    written_lines(settings.billing_address) as billing_address,
    settings.timezone as written_timezone,
    settings.currency_code as written_currency,
from mirror.accounts_school as school
left join settings on settings.school_id = school.id
left join zones on zones.name = settings.timezone
order by school.id
