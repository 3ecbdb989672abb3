-- question: What does the receipt of each of these purchases say?
-- grain: transaction_id
-- note: one row per purchase in scope, whatever its status; a purchase out of scope has no row
-- note: the validity is that of the sale; an expiry moved later is not the receipt's
-- param: transaction_ids integers
with given_back as (
    select
        transaction_id,
        count(*) as refund_count,
        max(refunded_at) as last_refunded_at,
    from refunds
    where transaction_id in (select unnest($transaction_ids::bigint[]))
    group by transaction_id
)

select
    purchases.transaction_id,
    purchases.transaction_type,
    purchases.payment_status,
    purchases.is_granted,
    purchases.created_at,
    purchases.created_date,
    purchases.updated_at,
    purchases.plan_id,
    purchases.plan_name,
    purchases.hours,
    purchases.expires_at,
    case
        when purchases.expires_at is not null
            then least((purchases.expires_at at time zone coalesce(schools.timezone, 'UTC'))::date, date '9999-12-31')
    end as expires_date,
    purchases.subscription_period,
    purchases.currency,
    purchases.amount,
    purchases.amount_refunded,
    coalesce(given_back.refund_count, 0) as refund_count,
    given_back.last_refunded_at,
    purchases.stripe_payment_intent_id,
    purchases.card_brand,
    purchases.card_last4,
    purchases.billing_name,
    purchases.billing_address,
    purchases.billing_country,
    purchases.billing_tax_id,
    purchases.student_id,
    students.name as student_name,
    students.email as student_email,
    purchases.school_id,
    schools.name as school_name,
    schools.timezone as school_timezone,
    schools.language as school_language,
    schools.address as school_address,
    schools.contact_email as school_contact_email,
    schools.phone_number as school_phone_number,
    schools.website as school_website,
    schools.logo as school_logo,
    schools.primary_color as school_primary_color,
    schools.secondary_color as school_secondary_color,
    schools.tax_id as school_tax_id,
    schools.billing_contact_name as school_billing_contact_name,
    schools.billing_contact_email as school_billing_contact_email,
    schools.billing_address as school_billing_address,
from purchases
left join students on students.student_id = purchases.student_id
left join schools on schools.school_id = purchases.school_id
left join given_back on given_back.transaction_id = purchases.transaction_id
where purchases.transaction_id in (select unnest($transaction_ids::bigint[]))
order by purchases.transaction_id
