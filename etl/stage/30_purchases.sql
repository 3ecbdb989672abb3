-- Purchases of the picked students, their metadata read: school, plan, hours granted.
-- grain: transaction_id
create or replace temp table stage_purchases as
with
parsed as (
    -- Several paths at a time: each call parses the whole document.
    select
        *,
        case when json_valid(metadata) then json_type(metadata, ['$', '$.plan_name', '$.hours_included', '$.hours', '$.refunds']) end as types,
        case
            when json_valid(metadata)
                then json_extract_string(metadata, ['$.plan_id', '$.plan_name', '$.school_id', '$.hours_included', '$.hours'])
        end as texts,
    from picked_purchases
),
fields as (
    select
        *,
        case when types[1] = 'OBJECT' then metadata end as document,
        case when types[1] = 'OBJECT' then types[5] end as refunds_type,
        case when types[1] = 'OBJECT' then texts[1] end as plan_text,
        case when types[1] = 'OBJECT' then texts[2] end as plan_name_text,
        case when types[1] = 'OBJECT' then types[2] end as plan_name_type,
        case when types[1] = 'OBJECT' then texts[3] end as school_text,
        case when types[1] = 'OBJECT' then types[3] end as included_type,
        case when types[1] = 'OBJECT' then texts[4] end as included_text,
        case when types[1] = 'OBJECT' then types[4] end as hours_type,
        case when types[1] = 'OBJECT' then texts[5] end as hours_text,
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
    placed.refunds_type,
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
