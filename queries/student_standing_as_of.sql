-- question: How did this student's hours stand at an instant, and package by package?
-- grain: student_id, package_id
-- note: the columns of student_standing, added up from the entries effective by then; packages bought later are not there
-- note: a package that had expired and was extended later shows the expiry it had
-- param: student_id integer
-- param: as_of instant
-- step: entries_until
with classes as (
    select
        *,
        coalesce('class ' || session_id, source_table || ' ' || source_id) as class_key,
    from entries_until
),

taught as (
    select distinct class_key from classes where kind in ('consumed', 'overdrawn')
),

told as (
    select
        classes.*,
        kind = 'returned' and taught.class_key is not null as is_back_after_class,
        kind = 'returned' and taught.class_key is null as is_back_before_class,
    from classes
    left join taught using (class_key)
),

by_package as (
    select
        package_id,
        coalesce(sum(hours) filter (where kind = 'purchased'), 0) as granted,
        coalesce(-sum(hours) filter (where kind = 'consumed' or is_back_after_class), 0) as consumed,
        coalesce(-sum(hours) filter (where kind = 'reserved' or is_back_before_class), 0) as reserved,
        coalesce(-sum(hours) filter (where kind = 'deducted'), 0) as deducted,
        coalesce(-sum(hours) filter (where kind in ('expired', 'extended')), 0) as expired,
        coalesce(-sum(hours) filter (where kind = 'voided'), 0) as voided,
        count(*) filter (where kind = 'voided') > 0 as is_voided,
        sum(hours) as remaining,
        sum(amount) filter (where kind = 'purchased') as price,
        case when count(amount) > 0 then coalesce(-sum(amount) filter (where kind = 'voided'), 0) end as refunded,
    from told
    where package_id > 0
    group by package_id
),

stood as (
    select
        packages.* exclude (price),
        by_package.* exclude (package_id),
        case
            when by_package.expired > 0 and packages.expires_at > $as_of then purchases.expires_at
            else packages.expires_at
        end as valid_until,
        purchases.payment_status,
        coalesce(schools.timezone, 'UTC') as timezone,
    from by_package
    join packages using (package_id)
    left join purchases on purchases.transaction_id = packages.package_id
    left join schools on schools.school_id = packages.school_id
    where packages.student_id = $student_id
),

dated as (
    select
        *,
        (valid_until at time zone timezone)::date as valid_until_date,
        ($as_of::timestamptz at time zone timezone)::date as today,
    from stood
),

by_student as (
    select
        sum(hours) filter (where kind = 'purchased') as purchased,
        sum(hours) filter (where kind = 'added') as added,
        -sum(hours) filter (where kind in ('consumed', 'overdrawn') or is_back_after_class) as consumed,
        -sum(hours) filter (where kind = 'reserved' or is_back_before_class) as reserved,
        -sum(hours) filter (where kind = 'deducted') as deducted,
        -sum(hours) filter (where kind in ('expired', 'extended')) as expired,
        -sum(hours) filter (where kind = 'voided') as voided,
        sum(hours) filter (where package_id is not null) as remaining,
        -sum(hours) filter (where package_id is null) as overdrawn,
    from told
)

select
    students.student_id,
    students.name,
    students.email,
    students.is_active,
    students.school_ids,
    coalesce(home.timezone, 'UTC') as timezone,
    home.currency as home_currency,
    $as_of::timestamptz as as_of,
    ($as_of::timestamptz at time zone coalesce(home.timezone, 'UTC'))::date as today,
    coalesce(by_student.purchased, 0)::decimal(14,2) as student_purchased,
    coalesce(by_student.added, 0)::decimal(14,2) as student_added,
    coalesce(by_student.consumed, 0)::decimal(14,2) as student_consumed,
    coalesce(by_student.reserved, 0)::decimal(14,2) as student_reserved,
    coalesce(by_student.deducted, 0)::decimal(14,2) as student_deducted,
    coalesce(by_student.expired, 0)::decimal(14,2) as student_expired,
    coalesce(by_student.voided, 0)::decimal(14,2) as student_voided,
    coalesce(by_student.remaining, 0)::decimal(14,2) as student_remaining,
    coalesce(by_student.remaining, 0)::decimal(14,2) as student_usable,
    coalesce(by_student.overdrawn, 0)::decimal(14,2) as student_overdrawn,
    null::decimal(12,2) as pace_per_week,
    dated.package_id,
    dated.school_id,
    dated.plan_id,
    dated.plan_name,
    dated.transaction_type,
    case
        when (dated.payment_status = 'refunded' and dated.is_voided and dated.remaining <= 0)
            or (dated.price > 0 and dated.refunded >= dated.price) then 'refunded'
        when dated.valid_until <= $as_of then 'expired'
        when dated.remaining <= 0 then 'exhausted'
        when dated.package_id is not null then 'active'
    end as status,
    dated.granted::decimal(12,2) as hours_granted,
    case when dated.package_id is not null then 0 end::decimal(12,2) as hours_upcoming,
    dated.consumed::decimal(12,2) as hours_consumed,
    dated.reserved::decimal(12,2) as hours_reserved,
    dated.deducted::decimal(12,2) as hours_deducted,
    dated.expired::decimal(12,2) as hours_expired,
    dated.voided::decimal(12,2) as hours_voided,
    dated.remaining::decimal(12,2) as hours_remaining,
    dated.currency,
    dated.price::decimal(14,2) as price,
    dated.refunded::decimal(14,2) as amount_refunded,
    dated.purchased_at,
    dated.purchased_date,
    dated.valid_until as expires_at,
    dated.valid_until_date as expires_date,
    date_diff('day', dated.today, dated.valid_until_date) as days_until_expiry,
from students
cross join by_student
left join schools as home on home.school_id = students.school_ids[1]
left join dated on true
where students.student_id = $student_id
order by dated.valid_until nulls last, dated.purchased_at, dated.package_id
