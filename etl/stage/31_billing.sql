-- Who was billed and how it was paid, as the metadata of purchases says; what cannot be read is null.
-- grain: transaction_id
create or replace temp table stage_billing as
with
parsed as (
    -- Several paths at a time: each call parses the whole document.
    select
        transaction_id,
        json_type(document, [
            '$.billing_address', '$.billing_address.name', '$.billing_address.tax_id', '$.billing_address.line1',
            '$.billing_address.line2', '$.billing_address.postal_code', '$.billing_address.city', '$.billing_address.state',
            '$.billing_address.country', '$.payment_method_details', '$.payment_method_details.card.brand',
            '$.payment_method_details.brand', '$.subscription_period'
        ]) as types,
        json_extract_string(document, [
            '$.billing_address', '$.billing_address.name', '$.billing_address.tax_id', '$.billing_address.line1',
            '$.billing_address.line2', '$.billing_address.postal_code', '$.billing_address.city', '$.billing_address.state',
            '$.billing_address.country', '$.payment_method_details', '$.payment_method_details.card.brand',
            '$.payment_method_details.brand', '$.subscription_period', '$.payment_method_details.card.last4',
            '$.payment_method_details.last4'
        ]) as texts,
    from stage_purchases
    where document is not null
),
lines as (
    select
        transaction_id,
        types[1] as billing_type,
        types[10] as payment_type,
        case when types[2] = 'VARCHAR' then written_line(texts[2], 200) end as billing_name,
        case when types[3] = 'VARCHAR' then written_line(texts[3], 50) end as billing_tax_id,
        case when types[4] = 'VARCHAR' then written_line(texts[4], 200) end as line1,
        case when types[5] = 'VARCHAR' then written_line(texts[5], 200) end as line2,
        case when types[6] in ('VARCHAR', 'BIGINT', 'UBIGINT') then written_line(texts[6], 20) end as postal_code,
        case when types[7] = 'VARCHAR' then written_line(texts[7], 100) end as city,
        case when types[8] = 'VARCHAR' then written_line(texts[8], 100) end as state,
        case when types[9] = 'VARCHAR' then written_line(texts[9], 60) end as country,
        lower(coalesce(case when types[11] = 'VARCHAR' then written_line(texts[11], 30) end, case when types[12] = 'VARCHAR' then written_line(texts[12], 30) end)) as brand,
        coalesce(texts[14], texts[15]) as last4,
        texts[13] as period,
        types[13] as period_type,
        -- Parts that are there, and not merely empty, yet cannot be read.
        len(list_filter(range(2, 10), lambda n: trim(coalesce(texts[n], '')) <> '')) as parts_written,
    from parsed
),
read as (
    select
        *,
        case when regexp_full_match(country, '[A-Za-z]{2}') then upper(country) end as country_code,
        regexp_full_match(last4, '[0-9]{4}') as is_last4,
        regexp_full_match(brand, '[a-z][a-z0-9_ -]*') as is_brand,
        period_type = 'VARCHAR'
            and regexp_full_match(period, '[0-9]{4}-[0-9]{2}-[0-9]{2}_to_[0-9]{4}-[0-9]{2}-[0-9]{2}')
            and try_cast(left(period, 10) as date) <= try_cast(right(period, 10) as date) as is_period,
    from lines
)
select
    transaction_id,
    billing_name,
    -- The town's line as it is written there; a country that is no code stays a line.
    nullif(concat_ws(
        chr(10), line1, line2,
        nullif(case when country_code in ('AU', 'CA', 'GB', 'IE', 'US') then concat_ws(' ', city, postal_code) else concat_ws(' ', postal_code, city) end, ''),
        state, case when country_code is null then country end
    ), '') as billing_address,
    country_code as billing_country,
    billing_tax_id,
    case when is_brand then brand end as card_brand,
    case when is_last4 then last4 end as card_last4,
    case when is_period then period end as subscription_period,
    case
        when billing_type not in ('OBJECT', 'NULL') then 'not an object'
        when parts_written > len(list_filter([billing_name, billing_tax_id, line1, line2, postal_code, city, state, country], lambda part: part is not null)) then 'a part of it'
    end as odd_billing,
    case
        when payment_type not in ('OBJECT', 'NULL') then 'not an object'
        -- Never the value itself: it may be the whole number of a card.
        when last4 is not null and not is_last4 then 'last4 is not four digits'
        when brand is not null and not is_brand then 'brand is not a word'
    end as odd_card,
    case when period_type <> 'NULL' and not coalesce(is_period, false) then period end as odd_period,
from read
