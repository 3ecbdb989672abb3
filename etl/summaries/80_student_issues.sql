-- Odd purchases and consumptions of the picked students.
-- grain: issue, source_table, source_id, column_name
insert into snap.data_issues
with
purchases as (select * from stage_purchases),
written as (
    select
        purchases.*,
        plans.updated_at as plan_updated_at,
    from purchases
    left join mirror.finances_pricingplan as plans on plans.id = purchases.plan_id
),
refund_lists as (
    select
        transaction_id,
        student_id,
        school_id,
        amount,
        grants,
        refunds_type as kind,
        json_extract(document, '$.refunds[*]') as refunds,
    from purchases
    where refunds_type is not null
),
refunds as (
    select transaction_id, student_id, school_id, unnest(refunds) as refund
    from refund_lists
    where kind = 'ARRAY'
),
owners as (
    select rows.consumption_id, packages.student_id as owner_id, packages.id as found_id
    from stage_consumptions as rows
    left join mirror.finances_purchasetransaction as packages on packages.id = rows.booked_package_id
    where not rows.is_own
),
raw as (
    select id, hours_consumed, hours_originally_reserved, class_session_id from picked_consumptions
    where hours_consumed < 0 or hours_originally_reserved < 0 or hours_consumed is null
),
found as (
    select 'metadata_not_an_object' as issue, 'warning' as severity, 'finances_purchasetransaction' as source_table, transaction_id as source_id, 'metadata' as column_name, metadata as value, student_id, school_id, 'read as empty' as detail
    from written where document is null
    union all
    select 'grant_not_a_number', 'warning', 'finances_purchasetransaction', transaction_id, 'metadata.hours_included', coalesce(included_text, 'null'), student_id, school_id, 'the next source of hours was used: ' || hours_source
    from written where included_type is not null and included_number is null
    union all
    select 'grant_not_a_number', 'warning', 'finances_purchasetransaction', transaction_id, 'metadata.hours', coalesce(hours_text, 'null'), student_id, school_id, 'the next source of hours was used: ' || hours_source
    from written where hours_type is not null and hours_number is null and included_number is null
    union all
    select 'grant_negative', 'warning', 'finances_purchasetransaction', transaction_id, 'metadata', hours_found::varchar, student_id, school_id, 'counted as 0 hours'
    from written where hours_found < 0
    union all
    select 'grant_without_hours', 'error', 'finances_purchasetransaction', transaction_id, 'metadata', hours_source, student_id, school_id, 'grants 0 hours'
    from written where grants and hours = 0
    union all
    select 'plan_unknown', 'warning', 'finances_purchasetransaction', transaction_id, 'metadata.plan_id', plan_text, student_id, school_id, 'no such plan'
    from written where plan_text is not null and plan_id is null
    union all
    select 'plan_changed_after_purchase', 'info', 'finances_purchasetransaction', transaction_id, 'metadata.hours_included', hours::varchar, student_id, school_id, 'the plan grants ' || plan_hours || ' h today; what was recorded at purchase counts'
    from written where grants and hours_source <> 'plan' and plan_hours <> hours
    union all
    select 'school_unknown', 'warning', 'finances_purchasetransaction', transaction_id, 'metadata.school_id', school_text, student_id, school_id, 'the school the student joined first was used'
    from written where school_text is not null and not school_is_named
    union all
    select 'purchase_unassigned', 'warning', 'finances_purchasetransaction', transaction_id, 'student_id', student_id::varchar, student_id, null, 'belongs to no school'
    from written where school_id is null
    union all
    select 'status_unknown', 'warning', 'finances_purchasetransaction', transaction_id, 'payment_status', payment_status, student_id, school_id, 'never grants'
    from written where payment_status not in ('pending', 'processing', 'completed', 'failed', 'cancelled', 'refunded')
    union all
    select 'type_unknown', 'warning', 'finances_purchasetransaction', transaction_id, 'transaction_type', transaction_type, student_id, school_id, 'never grants'
    from written where transaction_type not in ('package', 'subscription')
    union all
    select 'amount_negative', 'warning', 'finances_purchasetransaction', transaction_id, 'amount', amount::varchar, student_id, school_id, 'counted as it stands; its hours have no price'
    from written where amount < 0
    union all
    select 'package_without_expiry', 'info', 'finances_purchasetransaction', transaction_id, 'expires_at', null, student_id, school_id, 'never expires'
    from written where grants and transaction_type = 'package' and expires_at is null
    union all
    select 'subscription_with_expiry', 'info', 'finances_purchasetransaction', transaction_id, 'expires_at', expires_at::varchar, student_id, school_id, 'expires then'
    from written where grants and transaction_type = 'subscription' and expires_at is not null
    union all
    select 'expiry_before_purchase', 'warning', 'finances_purchasetransaction', transaction_id, 'expires_at', expires_at::varchar, student_id, school_id, 'expires as it is bought'
    from written where grants and expires_at <= created_at
    union all
    select 'date_in_the_future', 'warning', 'finances_purchasetransaction', transaction_id, 'created_at', created_at::varchar, student_id, school_id, 'counts from then on'
    from written where created_at > getvariable('as_of')
    union all
    select 'date_far_away', 'info', 'finances_purchasetransaction', transaction_id, 'expires_at', expires_at::varchar, student_id, school_id, 'more than 20 years ahead'
    from written where expires_at > getvariable('as_of') + interval 20 year
    union all
    select 'refunds_not_a_list', 'warning', 'finances_purchasetransaction', transaction_id, 'metadata.refunds', kind, student_id, school_id, 'ignored'
    from refund_lists where kind <> 'ARRAY'
    union all
    select 'refund_on_a_purchase_that_never_granted', 'info', 'finances_purchasetransaction', transaction_id, 'metadata.refunds', kind, student_id, school_id, 'takes no hours'
    from refund_lists where not grants and kind = 'ARRAY' and len(refunds) > 0
    union all
    select distinct on (transaction_id) 'refund_unreadable', 'warning', 'finances_purchasetransaction', transaction_id, 'metadata.refunds[]', refund::varchar, student_id, school_id, 'an amount that is no positive number is ignored; an unreadable date is taken as the last change'
    from refunds
    where json_type(refund) <> 'OBJECT'
        or coalesce(plain_number(json_extract_string(refund, '$.refund_amount')), 0) <= 0
        or try_cast(json_extract_string(refund, '$.refund_processed_at') as timestamptz) is null
    union all
    select 'refund_above_price', 'warning', 'finances_purchasetransaction', purchases.transaction_id, 'metadata.refunds', (sums.cents / 100)::decimal(14,2)::varchar, purchases.student_id, purchases.school_id, 'counted up to the price of ' || purchases.amount
    from purchases
    join (select transaction_id, sum(cents) as cents from stage_refunds group by transaction_id) as sums on sums.transaction_id = purchases.transaction_id
    where sums.cents > greatest(purchases.amount, 0) * 100
    union all
    select 'billing_unreadable', 'info', 'finances_purchasetransaction', billing.transaction_id, 'metadata.billing_address', odd_billing, student_id, school_id, 'not shown on a receipt'
    from stage_billing as billing
    join purchases on purchases.transaction_id = billing.transaction_id
    where odd_billing is not null
    union all
    select 'card_unreadable', 'info', 'finances_purchasetransaction', billing.transaction_id, 'metadata.payment_method_details', odd_card, student_id, school_id, 'not shown on a receipt'
    from stage_billing as billing
    join purchases on purchases.transaction_id = billing.transaction_id
    where odd_card is not null
    union all
    select 'period_unreadable', 'info', 'finances_purchasetransaction', billing.transaction_id, 'metadata.subscription_period', odd_period, student_id, school_id, 'not shown on a receipt'
    from stage_billing as billing
    join purchases on purchases.transaction_id = billing.transaction_id
    where odd_period is not null
    union all
    select 'refund_listed_twice', 'warning', 'finances_purchasetransaction', refunds.transaction_id, 'metadata.refunds', string_agg(stripe_refund_id, ', ' order by position), student_id, school_id, 'one id at the payment provider, several refunds here: each counts'
    from stage_refunds as refunds
    join purchases on purchases.transaction_id = refunds.transaction_id
    group by refunds.transaction_id, student_id, school_id
    having count(stripe_refund_id) > count(distinct stripe_refund_id)
    union all
    select 'hours_negative', 'warning', 'finances_hourconsumption', rows.consumption_id, 'hours_consumed', coalesce(raw.hours_consumed::varchar, 'null') || ' / ' || coalesce(raw.hours_originally_reserved::varchar, 'null'), rows.student_id, rows.session_school_id, 'counted as 0 hours'
    from stage_consumptions as rows
    join raw on raw.id = rows.consumption_id
    union all
    select 'class_missing', 'warning', 'finances_hourconsumption', consumption_id, 'class_session_id', null, student_id, package_school_id, 'dated by when the row was typed'
    from stage_consumptions where session_id is null
    union all
    select 'package_missing', 'warning', 'finances_hourconsumption', rows.consumption_id, 'purchase_transaction_id', rows.booked_package_id::varchar, rows.student_id, rows.session_school_id, 'charged to the student''s other packages'
    from stage_consumptions as rows
    join owners on owners.consumption_id = rows.consumption_id and owners.found_id is null
    union all
    select 'package_of_another_student', 'error', 'finances_hourconsumption', rows.consumption_id, 'purchase_transaction_id', rows.booked_package_id::varchar, rows.student_id, rows.session_school_id, 'charged to the student''s own packages'
    from stage_consumptions as rows
    join owners on owners.consumption_id = rows.consumption_id and owners.owner_id <> rows.student_id
    union all
    select 'package_never_granted', 'warning', 'finances_hourconsumption', consumption_id, 'purchase_transaction_id', booked_package_id::varchar, student_id, session_school_id, 'charged to the student''s other packages'
    from stage_consumptions where is_own and not is_grant
    union all
    select 'booked_before_purchase', 'warning', 'finances_hourconsumption', consumption_id, 'created_at', booked_at::varchar, student_id, session_school_id, 'charged to packages of that moment, else overdrawn until the next purchase'
    from stage_consumptions where is_own and is_grant and held_at < granted_at
    union all
    select 'booked_on_an_expired_package', 'info', 'finances_hourconsumption', consumption_id, 'purchase_transaction_id', booked_package_id::varchar, student_id, session_school_id, 'charged to the student''s other packages'
    from stage_consumptions where is_own and is_grant and held_at >= expires_at
    union all
    select 'cancellation_contradicted', 'warning', 'finances_hourconsumption', consumption_id, 'refund_reason', refund_reason, student_id, session_school_id, 'the class is marked ' || coalesce(session_status, 'unknown') || ', which counts'
    from stage_consumptions
    where is_refunded and session_id is not null and session_status is distinct from 'cancelled' and starts_with(refund_reason, 'Session cancelled')
    union all
    select 'date_far_away', 'info', 'finances_hourconsumption', consumption_id, 'class_at', class_at::varchar, student_id, session_school_id, 'more than 20 years ahead'
    from stage_consumptions where class_at > getvariable('as_of') + interval 20 year
    union all
    select 'student_not_in_class', 'warning', 'finances_hourconsumption', rows.consumption_id, 'class_session_id', rows.session_id::varchar, rows.student_id, rows.session_school_id, 'charged all the same'
    from stage_consumptions as rows
    anti join mirror.finances_classsession_students as places on places.classsession_id = rows.session_id and places.customuser_id = rows.student_id
    where rows.session_id is not null and getvariable('has_class_lists')
)
select
    issue,
    severity,
    source_table,
    source_id,
    column_name,
    left(value, 80) as value,
    student_id,
    school_id,
    detail,
from found
order by student_id, issue, source_table, source_id, column_name
