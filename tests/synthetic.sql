-- A small business whose books add up; see synthetic.py.
create temp macro pick(seed, n) as (hash(seed) % n)::bigint;
create temp table now as select '2026-11-23T05:00:00+00:00'::timestamptz as ts;
insert into sync
select 1, ts, ts - interval 3 second, ts, 'full', 'first sync', 'arrow', 'sqlite:///demo', null, 2.5, 4000, 4000, 0, 30,
    ts - interval 1 hour, null, 'f', '0.1.0', true from now;
insert into schools (school_id, name, timezone, currency, language, primary_color, student_count) values
    (1, 'Colégio Aurora', 'Europe/Lisbon', 'EUR', 'pt', '#1f6f5c', 18), (2, 'Northgate Tutors', 'Europe/London', 'GBP', 'en', null, 9),
    (3, 'Escola Vazia', 'Atlantic/Azores', 'EUR', 'pt', null, 0);
insert into teachers select i, 900 + i, 'Teacher ' || i, 'Mathematics' from range(1, 5) t(i);
insert into plans values (1, '10 hours', '', 'package', 10, 180, 180, 1, true, true);
insert into student_schools
select i, case when i <= 20 then 1 else 2 end, true from range(1, 31) t(i) union all select 20, 2, true;
insert into students
select i, case i when 1 then 'Ana Araújo' when 2 then '' when 3 then '<script>alert(1)</script> **bold** $x^2$ :material/home: =1+1' else 'Student ' || i end,
    'student' || i || '@example.org', true, '9', list(school_id order by school_id),
    string_agg(schools.name, ', ' order by school_id), ts - interval 400 day, true
from range(1, 31) t(i) join student_schools on student_id = i join schools using (school_id), now group by i, ts;

insert into purchases (transaction_id, student_id, school_id, transaction_type, payment_status, amount, currency, plan_id,
    plan_name, hours, hours_source, amount_refunded, grants, is_granted, created_at, created_date, expires_at, updated_at,
    stripe_payment_intent_id)
select i * 10 + k, i, case when i <= 20 then 1 else 2 end, 'package',
    case when k = 3 and i % 7 = 0 then 'failed' else 'completed' end, 180, case when i <= 20 then 'EUR' else 'GBP' end, 1,
    '10 hours', 10, 'hours_included', 0, not (k = 3 and i % 7 = 0), not (k = 3 and i % 7 = 0),
    ts - to_days((420 - k * 110 - pick(i, 40))::int), null, ts - to_days((240 - k * 110 - pick(i, 40))::int), ts, null
from range(1, 31) t(i), range(1, 4) u(k), now where i <> 30;
update purchases set created_date = created_at::date;

insert into consumptions (consumption_id, student_id, school_id, session_id, booked_package_id, charged_package_id,
    is_split, charged_to, charged_school_id, teacher_id, session_type, grade_level, session_status, class_at, class_date,
    class_hour, booked_at, held_at, hours_booked, hours_effective, hours_returned, hours_overdrawn, returned_at, amount,
    amount_at_class, is_taught, state, is_refunded, updated_at)
select p.transaction_id * 100 + n, p.student_id, p.school_id, p.transaction_id * 100 + n, p.transaction_id,
    p.transaction_id, false, 'package ' || p.transaction_id || ': 1.00 h', p.school_id, 1 + pick(p.transaction_id, 4),
    case when pick(n, 4) = 0 then 'group' else 'individual' end, '9', 'completed', class_at, class_at::date,
    hour(class_at), class_at - interval 5 day, class_at - interval 5 day, 1, 1, 0, 0, null, 18, 18, class_at < ts,
    case when class_at < ts then 'consumed' else 'reserved' end, false, class_at
from (select *, created_at + to_days((n * 9)::int) + interval 10 hour as class_at
    from purchases, range(1, 11) t(n) where is_granted and not (student_id % 6 = 0 and n > 5)) as p, now
where class_at < ts + interval 20 day and class_at - interval 5 day < ts and class_at < expires_at;

insert into entries (entry_id, student_id, school_id, package_id, kind, hours, amount, effective_at, recorded_at,
    source_table, source_id, session_id, note)
select 'purchase:' || transaction_id, student_id, school_id, transaction_id, 'purchased', hours, amount, created_at, created_at,
    'finances_purchasetransaction', transaction_id, null, null from purchases where is_granted;
insert into entries (entry_id, student_id, school_id, package_id, kind, hours, amount, effective_at, recorded_at,
    source_table, source_id, session_id, note)
select 'expiry:' || p.transaction_id, p.student_id, p.school_id, p.transaction_id, 'expired', -sum(l.hours), -sum(l.amount),
    p.expires_at, p.expires_at, 'finances_purchasetransaction', p.transaction_id, null, null
from purchases as p join ledger as l on l.package_id = p.transaction_id, now
where p.expires_at <= now.ts and l.effective_at < p.expires_at group by all having sum(l.hours) > 0;
insert into entries (entry_id, student_id, school_id, package_id, kind, hours, amount, effective_at, recorded_at,
    source_table, source_id, session_id, note)
select 'overdrawn:' || i, i, 1, null, 'overdrawn', -1.5, 0, ts - interval 3 day, ts, 'finances_hourconsumption', i, null, 'no package'
from range(5, 7) t(i), now;

insert into packages
select p.transaction_id, p.student_id, p.school_id, 1, plan_name, 'package', 10, 0, -sum(l.hours) filter (kind = 'consumed'),
    coalesce(-sum(l.hours) filter (kind = 'reserved'), 0), 0, 0, coalesce(-sum(l.hours) filter (kind = 'expired'), 0), 0,
    sum(l.hours), 180, 0, p.currency, -sum(l.amount) filter (kind = 'consumed'),
    coalesce(-sum(l.amount) filter (kind = 'expired'), 0), 0, sum(l.amount),
    case when p.expires_at <= ts then 'expired' when sum(l.hours) <= 0 then 'exhausted' else 'active' end,
    p.created_at, p.created_date, p.expires_at, p.expires_at::date, p.expires_at::date - ts::date
from purchases as p join ledger as l on l.package_id = p.transaction_id, now
group by p.transaction_id, p.student_id, p.school_id, plan_name, p.currency, p.expires_at, p.created_at, p.created_date, ts;

insert into student_school_balances by name
select l.student_id, l.school_id,
    coalesce(sum(hours) filter (kind = 'purchased'), 0) as hours_purchased, 0 as hours_added, 0 as hours_deducted,
    coalesce(-sum(hours) filter (kind in ('consumed', 'overdrawn')), 0) as hours_consumed,
    coalesce(-sum(hours) filter (kind = 'reserved'), 0) as hours_reserved, 0 as hours_returned,
    coalesce(-sum(hours) filter (kind = 'expired'), 0) as hours_expired, 0 as hours_extended, 0 as hours_voided,
    coalesce(sum(hours) filter (l.package_id is not null), 0) as hours_remaining,
    coalesce(sum(hours) filter (l.package_id is not null), 0) as hours_usable,
    coalesce(-sum(hours) filter (l.package_id is null), 0) as hours_overdrawn, coalesce(sum(amount), 0) as amount_deferred,
from ledger as l group by all;
update student_school_balances as b set next_expiry = p.ts, next_expiry_hours = p.hours, active_packages = p.n
from (select student_id, school_id, min(expires_at) as ts, arg_min(hours_remaining, expires_at) as hours, count(*) as n
    from packages where status = 'active' group by all) as p where p.student_id = b.student_id and p.school_id = b.school_id;
update student_school_balances as b
set first_class_at = c.first, last_class_at = c.last, next_class_at = c.next, pace_per_week = c.recent / 8,
    hours_last_30_days = c.month, hours_used = c.used, hours_booked_ahead = c.ahead
from (select student_id, school_id, min(class_at) as first, max(class_at) filter (is_taught) as last,
        min(class_at) filter (not is_taught) as next,
        coalesce(sum(hours_effective) filter (is_taught and class_at > ts - interval 56 day), 0) as recent,
        coalesce(sum(hours_effective) filter (is_taught and class_at > ts - interval 30 day), 0) as month,
        coalesce(sum(hours_effective) filter (is_taught), 0) as used,
        coalesce(sum(hours_effective) filter (not is_taught), 0) as ahead
    from consumptions, now group by student_id, school_id) as c where c.student_id = b.student_id and c.school_id = b.school_id;
insert into student_balances by name
select * exclude (school_id, amount_deferred), hours_purchased as platform_purchased,
    hours_consumed + hours_reserved + hours_expired as platform_consumed,
    hours_remaining - hours_overdrawn + case when student_id % 9 = 0 then 2 else 0 end as platform_remaining,
    hours_overdrawn * -1 + case when student_id % 9 = 0 then 2 else 0 end as drift,
    case when student_id % 9 = 0 then 'lost update' when hours_overdrawn > 0 then 'booked past zero' end as drift_cause
from student_school_balances;
insert into student_balances by name
select 30 as student_id, 0 as hours_remaining, 0 as hours_usable, 0 as hours_overdrawn, 0 as hours_reserved, 0 as hours_used,
    0 as hours_booked_ahead;
insert into drift_causes
select student_id, drift_cause, drift, 'the counter changed by 2.00 h between two rows', 'finances_hourconsumption', [student_id]
from student_balances where drift <> 0;

insert into usage_by_day
select school_id, class_date, teacher_id, session_type, grade_level,
    case pick(consumption_id, 12) when 0 then 'no_show' when 1 then 'cancelled' else 'completed' end, count(*), sum(hours_effective),
    count(*), count(*) filter (pick(consumption_id, 12) = 0), count(*) filter (pick(consumption_id, 12) = 1), 0
from consumptions where is_taught group by all;
insert into usage_by_hour
select school_id, date_trunc('month', class_date), isodow(class_date), class_hour + pick(consumption_id, 5), count(*),
    sum(hours_effective), 0, 0 from consumptions where is_taught group by all;
insert into expirations
select package_id, student_id, school_id, plan_name, currency, expires_at, expires_date, days_until_expiry, status = 'expired',
    case when status = 'active' then hours_remaining else 0 end, case when status = 'active' then amount_deferred else 0 end,
    hours_expired, amount_breakage from packages;
insert into money_by_month
with months as (
    select school_id, currency, unnest(generate_series(date_trunc('month', ts) - interval 13 month, date_trunc('month', ts),
        interval 1 month))::date as month from schools, now where school_id < 3),
moves as (
    select school_id, date_trunc('month', effective_at)::date as month,
        sum(amount) filter (kind = 'purchased') as sold, -sum(amount) filter (kind = 'consumed') as recognised,
        -sum(amount) filter (kind = 'expired') as breakage, sum(amount) as moved from ledger group by all),
sums as (select m.*, coalesce(sold, 0) as sold, coalesce(recognised, 0) as recognised, coalesce(breakage, 0) as breakage,
    coalesce(sum(moved) over (partition by m.school_id order by m.month), 0) as closing, coalesce(moved, 0) as moved
    from months as m left join moves using (school_id, month))
select school_id, currency, month, closing - moved, sold, recognised, breakage, 0, closing, sold, 0, sold from sums;
insert into data_issues values
    ('grant without hours', 'warning', 'finances_purchasetransaction', 11, 'metadata', '10,5', 1, 1, 'counted as 0.00 h'),
    ('negative hours', 'error', 'finances_hourconsumption', 77, 'hours_consumed', '-1.00', 22, 2, 'counted as 0.00 h');
insert into checks values
    ('packages_add_up', 'stop', true, 0, 'Every package adds up.', null, 0.01),
    ('students_have_names', 'warn', false, 1, 'Every student has a name.', 'student 2', 0.01);
insert into certificate values
    ('finances_hourconsumption', 640, 640, 'a1', 'a1', 'b1', 'b1', 'all rows', 640, 0, true, 0.3);


insert into users
select student_id, email, name, true, false from students union all
select 900 + teacher_id, 'teacher' || teacher_id || '@example.org', name, true, false from teachers union all
values (700, 'support@example.org', 'Platform Support', true, true), (801, 'owner@example.org', 'Olga Owner', true, false),
    (802, 'admin2@example.org', 'Adam Admin', true, false), (803, 'admin3@example.org', 'Vera Vazia', true, false),
    (804, 'desk@example.org', 'Dora Desk', true, false), (805, 'finance@example.org', 'Filipe Finance', true, false),
    (806, 'parent@example.org', 'Paula Parent', true, false), (807, 'gone@example.org', 'Gil Gone', false, false);
insert into memberships
select student_id, school_id, 'student', true from student_schools union all
select 900 + teacher_id, 1, 'teacher', true from teachers union all
values (801, 1, 'school_owner', true), (802, 2, 'school_admin', true), (803, 3, 'school_admin', true),
    (804, 1, 'school_staff', true), (805, 1, 'school_staff', true), (806, 1, 'parent', true), (807, 1, 'school_admin', true);
insert into guardians values (806, 1, 1, true), (806, 4, 1, true), (806, 7, 1, false);
