-- grain: plan_id
insert into snap.plans
select
    id as plan_id,
    coalesce(name, '') as name,
    description,
    plan_type,
    coalesce(hours_included, 0)::decimal(12,2) as hours_included,
    coalesce(price_eur, 0)::decimal(14,2) as price,
    validity_days,
    display_order,
    coalesce(is_featured, false) as is_featured,
    coalesce(is_active, false) as is_active,
from mirror.finances_pricingplan
order by id
