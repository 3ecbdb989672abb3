-- Why the platform's counters differ from the ledger, for the picked students.  Hours bought and hours charged are two
-- counters there, so each difference is explained by itself; the causes' hours add up to the drift.
-- grain: student_id, cause
insert into snap.drift_causes
with
figures as (
    select
        balances.*,
        coalesce(ours.returned, 0) as returned_here,
    from snap.student_balances as balances
    semi join picked_students as picked on picked.student_id = balances.student_id
    left join (
        select student_id, sum(hours) as returned from snap.entries
        where kind = 'returned' and source_table = 'adjustments' group by student_id
    ) as ours on ours.student_id = balances.student_id
    where balances.drift <> 0
),
gaps as (
    select
        student_id,
        platform_purchased - (hours_purchased - hours_expired) as bought_gap,
        platform_consumed - (hours_consumed + hours_reserved - hours_returned + returned_here) as charged_gap,
        hours_voided,
        hours_overdrawn,
        hours_deducted - hours_added - hours_extended - returned_here as adjusted,
    from figures
),
booked_on as (
    select
        rows.booked_package_id as package_id,
        sum(rows.effective) as effective,
        sum(rows.booked) as booked,
    from stage_consumptions as rows
    semi join gaps on gaps.student_id = rows.student_id
    where rows.is_own
    group by rows.booked_package_id
),
expired_there as (
    -- What the platform's expiry job takes: the grant less the classes booked on that very package, never less than nothing.
    select
        packages.student_id,
        sum(greatest(packages.hours_granted - coalesce(booked_on.effective, 0), 0)) as hours,
        sum(greatest(packages.hours_granted - coalesce(booked_on.booked, 0), 0)) as hours_without_returns,
        list(packages.package_id order by packages.package_id) filter (where booked_on.effective > packages.hours_granted) as overbooked_ids,
    from snap.packages as packages
    semi join gaps on gaps.student_id = packages.student_id
    left join booked_on on booked_on.package_id = packages.package_id
    where packages.expires_at <= getvariable('as_of')
    group by packages.student_id
),
bought as (
    select
        packages.student_id,
        list(packages.hours_expired order by packages.package_id) filter (where packages.hours_expired > 0) as expired,
        list(packages.package_id order by packages.package_id) filter (where packages.hours_expired > 0) as expired_ids,
        coalesce(sum(packages.hours_expired), 0) as all_expired,
        list(packages.package_id order by packages.package_id) filter (where packages.hours_voided > 0) as voided_ids,
    from snap.packages as packages
    semi join gaps on gaps.student_id = packages.student_id
    group by packages.student_id
),
sold as (
    select
        purchases.student_id,
        list(purchases.transaction_id order by purchases.transaction_id) filter (where purchases.is_granted and purchases.hours = 0) as empty_ids,
        list(purchases.transaction_id order by purchases.transaction_id)
            filter (where purchases.is_granted and purchases.hours_source = 'plan' and plans.updated_at > purchases.created_at) as moved_ids,
        list(purchases.hours order by purchases.transaction_id) filter (where purchases.is_granted) as granted,
        list(purchases.transaction_id order by purchases.transaction_id) filter (where purchases.is_granted) as granted_ids,
        list(purchases.hours order by purchases.transaction_id) filter (where not purchases.grants) as unpaid,
        list(purchases.transaction_id order by purchases.transaction_id) filter (where not purchases.grants) as unpaid_ids,
    from stage_purchases as purchases
    semi join gaps on gaps.student_id = purchases.student_id
    left join mirror.finances_pricingplan as plans on plans.id = purchases.plan_id
    group by purchases.student_id
),
classes as (
    select
        rows.student_id,
        list(rows.returned order by rows.consumption_id) filter (where rows.returned > 0) as returned,
        list(rows.consumption_id order by rows.consumption_id) filter (where rows.returned > 0) as returned_ids,
        coalesce(sum(rows.returned), 0) as all_returned,
        list(rows.effective order by rows.consumption_id) filter (where rows.effective > 0) as charged,
        list(rows.consumption_id order by rows.consumption_id) filter (where rows.effective > 0) as charged_ids,
        coalesce(sum(rows.edited_by), 0) as edited,
        list(rows.consumption_id order by rows.consumption_id) filter (where rows.edited_by <> 0) as edited_ids,
    from stage_consumptions as rows
    semi join gaps on gaps.student_id = rows.student_id
    group by rows.student_id
),
overdrawn as (
    select student_id, list(consumption_id order by consumption_id) as ids
    from snap.consumptions
    where hours_overdrawn > 0
    group by student_id
),
told as (
    select
        gaps.student_id,
        'booked past zero' as cause,
        -gaps.hours_overdrawn as hours,
        'the platform books a class on the oldest package even when it is empty' as evidence,
        'finances_hourconsumption' as source_table,
        overdrawn.ids as source_ids,
    from gaps
    left join overdrawn on overdrawn.student_id = gaps.student_id
    where gaps.hours_overdrawn <> 0
    union all
    select gaps.student_id, 'refund left the hours', gaps.hours_voided, 'the money went back, the platform kept the hours', 'finances_purchasetransaction', bought.voided_ids
    from gaps
    left join bought on bought.student_id = gaps.student_id
    where gaps.hours_voided <> 0
    union all
    select student_id, 'adjusted here', adjusted, 'our adjustments are not known to the platform', 'adjustments', null
    from gaps
    where adjusted <> 0
    union all
    select
        gaps.student_id,
        case
            when gaps.bought_gap = bought.all_expired - expired_there.hours then 'booked past zero'
            when gaps.bought_gap = bought.all_expired - expired_there.hours_without_returns then 'returns not expired'
            when list_contains(bought.expired, -gaps.bought_gap) or gaps.bought_gap = -bought.all_expired then 'expired twice'
            when list_contains(bought.expired, gaps.bought_gap) or gaps.bought_gap = bought.all_expired then 'expiry not counted'
            when len(sold.empty_ids) > 0 and gaps.bought_gap > 0 then 'grant without hours'
            when len(sold.moved_ids) > 0 then 'plan changed after purchase'
            when list_contains(sold.granted, -gaps.bought_gap) then 'purchase not counted'
            when list_contains(sold.unpaid, gaps.bought_gap) then 'counted without payment'
            else 'unknown'
        end as cause,
        gaps.bought_gap,
        'hours bought there: ' || gaps.bought_gap || ' h off what its purchases and expiries say',
        'finances_purchasetransaction',
        case
            when gaps.bought_gap = bought.all_expired - expired_there.hours then coalesce(expired_there.overbooked_ids, bought.expired_ids)
            when gaps.bought_gap = bought.all_expired - expired_there.hours_without_returns then bought.expired_ids
            when list_contains(bought.expired, -gaps.bought_gap) then [bought.expired_ids[list_position(bought.expired, -gaps.bought_gap)]]
            when list_contains(bought.expired, gaps.bought_gap) then [bought.expired_ids[list_position(bought.expired, gaps.bought_gap)]]
            when abs(gaps.bought_gap) = bought.all_expired then bought.expired_ids
            when len(sold.empty_ids) > 0 and gaps.bought_gap > 0 then sold.empty_ids
            when len(sold.moved_ids) > 0 then sold.moved_ids
            when list_contains(sold.granted, -gaps.bought_gap) then [sold.granted_ids[list_position(sold.granted, -gaps.bought_gap)]]
            when list_contains(sold.unpaid, gaps.bought_gap) then [sold.unpaid_ids[list_position(sold.unpaid, gaps.bought_gap)]]
        end,
    from gaps
    left join bought on bought.student_id = gaps.student_id
    left join sold on sold.student_id = gaps.student_id
    left join expired_there on expired_there.student_id = gaps.student_id
    where gaps.bought_gap <> 0
    union all
    select
        gaps.student_id,
        case
            when classes.edited <> 0 and gaps.charged_gap = -classes.edited then 'edited after booking'
            when list_contains(classes.returned, -gaps.charged_gap) or (gaps.charged_gap < 0 and gaps.charged_gap = -classes.all_returned) then 'returned twice or too much'
            when list_contains(classes.returned, gaps.charged_gap) then 'return not counted'
            when list_contains(classes.charged, -gaps.charged_gap) then 'lost update'
            when gaps.charged_gap > 0 then 'consumption deleted'
            else 'unknown'
        end,
        -gaps.charged_gap,
        'hours charged there: ' || gaps.charged_gap || ' h off what its consumptions say',
        'finances_hourconsumption',
        case
            when classes.edited <> 0 and gaps.charged_gap = -classes.edited then classes.edited_ids
            when list_contains(classes.returned, -gaps.charged_gap) then [classes.returned_ids[list_position(classes.returned, -gaps.charged_gap)]]
            when gaps.charged_gap < 0 and gaps.charged_gap = -classes.all_returned then classes.returned_ids
            when list_contains(classes.returned, gaps.charged_gap) then [classes.returned_ids[list_position(classes.returned, gaps.charged_gap)]]
            when list_contains(classes.charged, -gaps.charged_gap) then [classes.charged_ids[list_position(classes.charged, -gaps.charged_gap)]]
        end,
    from gaps
    left join classes on classes.student_id = gaps.student_id
    where gaps.charged_gap <> 0
)
select
    student_id,
    cause,
    sum(hours)::decimal(12,2) as hours,
    string_agg(distinct evidence, '; ' order by evidence) as evidence,
    min(source_table) as source_table,
    list_distinct(flatten(list(coalesce(source_ids[1:20], []::bigint[]))))[1:20] as source_ids,
from told
group by student_id, cause
order by student_id, cause
