-- Entries of simple histories that stand one by one: purchases, returns, expiries.
-- grain: entry_id
create or replace temp table build_entries as
with
packages as (
    select * from build_packages anti join build_replay_students using (student_id)
),
returns as (
    select
        rows.*,
        packages.school_id as books,
        packages.is_exact,
        packages.price_cents,
        packages.granted,
        cents.cents,
    from stage_consumptions as rows
    join packages on packages.package_id = rows.booked_package_id
    left join build_cents as cents on cents.source_id = rows.consumption_id and cents.step = 1 and cents.package_id = rows.booked_package_id
    where rows.returned > 0 and rows.is_own
),
expiries as (
    select
        expiries.*,
        packages.student_id,
        packages.school_id,
        packages.is_exact,
        packages.price_cents,
        packages.granted,
        cents.cents,
        rows.session_id,
        packages.expired_at,
        purchases.expires_at,
    from build_expiries as expiries
    join packages on packages.package_id = expiries.package_id
    join stage_purchases as purchases on purchases.transaction_id = expiries.package_id
    left join build_cents as cents
        on cents.package_id = expiries.package_id and cents.step = 2 and cents.source_id = coalesce(expiries.consumption_id, expiries.package_id)
    left join stage_consumptions as rows on rows.consumption_id = expiries.consumption_id
)
select
    'purchase:' || package_id || ':purchased' as entry_id,
    student_id,
    school_id,
    package_id,
    'purchased' as kind,
    hours::decimal(12,2) as hours,
    amount::decimal(14,2) as amount,
    created_at as effective_at,
    updated_at as recorded_at,
    'finances_purchasetransaction' as source_table,
    package_id as source_id,
    null::bigint as session_id,
    null::varchar as note,
from packages
union all
select
    'consumption:' || consumption_id || ':returned',
    student_id,
    books,
    booked_package_id,
    'returned',
    returned::decimal(12,2),
    case
        when returned_at <= class_at or granted <= 0 then 0
        when is_exact then price_cents * (returned * 100)::bigint // greatest(granted, 1) / 100
        else coalesce(-cents, 0) / 100
    end::decimal(14,2),
    returned_at,
    returned_at,
    'finances_hourconsumption',
    consumption_id,
    session_id,
    null,
from returns
union all
select
    case
        when consumption_id is null then 'purchase:' || package_id || ':expired:' || epoch_us(expires_at)
        else 'consumption:' || consumption_id || ':returned:expired'
    end,
    student_id,
    school_id,
    package_id,
    'expired',
    -hours,
    case
        when granted <= 0 then 0
        when is_exact then -(price_cents * (hours * 100)::bigint // granted) / 100
        else -coalesce(cents, 0) / 100
    end::decimal(14,2),
    happens_at,
    happens_at,
    case when consumption_id is null then 'finances_purchasetransaction' else 'finances_hourconsumption' end,
    coalesce(consumption_id, package_id),
    case when consumption_id is not null then session_id end,
    case when consumption_id is not null then 'the package had expired' end,
from expiries
