-- Purchases of the picked students, their metadata read: school, plan, hours granted.
-- grain: transaction_id
create or replace temp table stage_purchases as
with
parsed as (
    select
        *,
        case when json_valid(metadata) and json_type(metadata) = 'OBJECT' then metadata::json end as document,
    from picked_purchases
),
fields as (
    select
        *,
        json_extract_string(document, '$.plan_id') as plan_text,
        json_extract_string(document, '$.plan_name') as plan_name_text,
        json_type(document, '$.plan_name') as plan_name_type,
        json_extract_string(document, '$.school_id') as school_text,
        json_type(document, '$.hours_included') as included_type,
        json_extract_string(document, '$.hours_included') as included_text,
        json_type(document, '$.hours') as hours_type,
        json_extract_string(document, '$.hours') as hours_text,
    from parsed
),
numbers as (
    select
        *,
        whole_number(plan_text) as plan_number,
        whole_number(school_text) as school_number,
        case when included_type in ('VARCHAR', 'BIGINT', 'UBIGINT', 'DOUBLE', 'HUGEINT', 'UHUGEINT') then plain_number(included_text) end as included_number,
        case when hours_type in ('VARCHAR', 'BIGINT', 'UBIGINT', 'DOUBLE', 'HUGEINT', 'UHUGEINT') then plain_number(hours_text) end as hours_number,
    from fields
),
placed as (
    select
        numbers.*,
        plans.id as plan_id,
        plans.name as plan_title,
        plans.hours_included as plan_hours,
        coalesce(named.school_id, students.home_school_id) as school_id,
        named.school_id is not null as school_is_named,
        coalesce(included_number, hours_number, plans.hours_included) as hours_found,
        case
            when included_number is not null then 'hours_included'
            when hours_number is not null then 'hours'
            when plans.hours_included is not null then 'plan'
            else 'none'
        end as hours_source,
        numbers.payment_status in ('completed', 'refunded') and numbers.transaction_type in ('package', 'subscription') as grants,
    from numbers
    left join mirror.finances_pricingplan as plans on plans.id = numbers.plan_number
    left join stage_schools as named on named.school_id = numbers.school_number
    left join stage_students as students on students.student_id = numbers.student_id
)
select
    placed.id as transaction_id,
    placed.student_id,
    placed.school_id,
    coalesce(schools.timezone, getvariable('default_timezone')) as timezone,
    coalesce(schools.currency, getvariable('default_currency')) as currency,
    coalesce(placed.transaction_type, '') as transaction_type,
    coalesce(placed.payment_status, '') as payment_status,
    coalesce(placed.amount, 0)::decimal(14,2) as amount,
    placed.plan_id,
    case
        when placed.plan_name_type = 'VARCHAR' and trim(placed.plan_name_text) <> '' then placed.plan_name_text
        when placed.plan_title <> '' then placed.plan_title
        when placed.transaction_type = 'subscription' then 'Subscription'
        else 'Package'
    end as plan_name,
    coalesce(greatest(two_places(placed.hours_found), 0), 0)::decimal(12,2) as hours,
    placed.hours_source,
    coalesce(placed.grants, false) as grants,
    coalesce(placed.grants, false) and coalesce(placed.created_at, placed.updated_at) <= getvariable('as_of') as is_granted,
    coalesce(placed.created_at, placed.updated_at) as created_at,
    placed.expires_at,
    coalesce(placed.updated_at, placed.created_at) as updated_at,
    placed.stripe_payment_intent_id,
    placed.metadata,
    placed.document,
    placed.plan_text,
    placed.plan_hours,
    placed.school_text,
    placed.school_is_named,
    placed.included_type,
    placed.included_text,
    placed.included_number,
    placed.hours_type,
    placed.hours_text,
    placed.hours_number,
    placed.hours_found,
    placed.amount as written_amount,
from placed
left join stage_schools as schools on schools.school_id = placed.school_id
where placed.student_id is not null and coalesce(placed.created_at, placed.updated_at) is not null
