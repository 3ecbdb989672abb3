-- question: Which plans are on sale?
-- grain: plan_id
-- note: in the order of the price list
select
    plan_id,
    name,
    description,
    plan_type,
    hours_included,
    price,
    validity_days,
    display_order,
    is_featured,
from plans
where is_active
order by display_order nulls last, price, plan_id
