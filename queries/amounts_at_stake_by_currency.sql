-- question: How much money stands behind the hours that will expire within a time?
-- grain: currency
-- param: days integer 30
-- param: school_id integer null
-- step: expirations_to_come
select
    currency,
    count(*) as packages,
    sum(hours_at_stake)::decimal(14,2) as hours_at_stake,
    sum(amount_at_stake)::decimal(18,2) as amount_at_stake,
from expirations_to_come
where days_until_expiry < $days
group by currency
order by currency
