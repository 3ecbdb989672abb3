-- The roll-forward of deferred money; every month from a school's first to the current one.
-- grain: school_id, currency, month
insert into snap.money_by_month
with
singles as (
    select
        coalesce(school_id, 0) as school_id,
        date_trunc('month', effective_date)::date as month,
        sum(amount) filter (where kind = 'purchased') as sold,
        sum(-amount) filter (where kind in ('consumed', 'returned')) as recognised,
        sum(-amount) filter (where kind in ('expired', 'extended')) as breakage,
        sum(-amount) filter (where kind = 'voided') as refunded,
    from snap.entries
    where amount <> 0
    group by 1, 2
),
classes as (
    -- A class in its own school's books falls on its own day; elsewhere, on the day of the books.
    select
        coalesce(rows.charged_school_id, 0) as school_id,
        date_trunc('month', rows.class_date)::date as month,
        sum(rows.amount_at_class) as recognised,
    from snap.consumptions as rows
    where not rows.is_split and rows.amount_at_class <> 0 and rows.school_id = rows.charged_school_id and rows.session_id is not null
    group by 1, 2
    union all
    select
        coalesce(rows.charged_school_id, 0),
        date_trunc('month', school_day(rows.class_at, coalesce(schools.timezone, getvariable('default_timezone'))))::date,
        sum(rows.amount_at_class),
    from snap.consumptions as rows
    left join snap.schools as schools on schools.school_id = rows.charged_school_id
    where not rows.is_split and rows.amount_at_class <> 0 and not coalesce(rows.school_id = rows.charged_school_id and rows.session_id is not null, false)
    group by 1, 2
),
moves as (
    select school_id, month, sold, recognised, breakage, refunded from singles
    union all
    select school_id, month, 0, recognised, 0, 0 from classes
),
months as (
    select
        school_id,
        month,
        coalesce(sum(sold), 0)::decimal(18,2) as sold,
        coalesce(sum(recognised), 0)::decimal(18,2) as recognised,
        coalesce(sum(breakage), 0)::decimal(18,2) as breakage,
        coalesce(sum(refunded), 0)::decimal(18,2) as refunded,
    from moves
    group by school_id, month
),
spans as (
    select
        months.school_id,
        min(months.month) as first_month,
        greatest(
            max(months.month),
            date_trunc('month', school_day(getvariable('as_of'), coalesce(any_value(schools.timezone), getvariable('default_timezone'))))::date
        ) as last_month,
    from months
    left join snap.schools as schools on schools.school_id = months.school_id
    group by months.school_id
),
calendar as (
    select school_id, unnest(generate_series(first_month, last_month, interval 1 month))::date as month
    from spans
),
filled as (
    select
        calendar.school_id,
        calendar.month,
        coalesce(months.sold, 0)::decimal(18,2) as sold,
        coalesce(months.recognised, 0)::decimal(18,2) as recognised,
        coalesce(months.breakage, 0)::decimal(18,2) as breakage,
        coalesce(months.refunded, 0)::decimal(18,2) as refunded,
        sum(coalesce(months.sold - months.recognised - months.breakage - months.refunded, 0))
            over (partition by calendar.school_id order by calendar.month)::decimal(18,2) as closing,
    from calendar
    left join months on months.school_id = calendar.school_id and months.month = calendar.month
)
select
    nullif(filled.school_id, 0) as school_id,
    coalesce(schools.currency, getvariable('default_currency')) as currency,
    filled.month,
    filled.closing - (filled.sold - filled.recognised - filled.breakage - filled.refunded) as opening_deferred,
    filled.sold,
    filled.recognised,
    filled.breakage,
    filled.refunded,
    filled.closing as closing_deferred,
    filled.sold as cash_in,
    filled.refunded as cash_out,
    filled.sold - filled.refunded as cash,
from filled
left join snap.schools as schools on schools.school_id = filled.school_id
order by filled.school_id, filled.month
