-- Odd users, schools, classes, accounts, and values that no type could hold.
-- grain: issue, source_table, source_id, column_name
insert into snap.data_issues
with
twins as (
    select lower(email) as folded from mirror.accounts_customuser where trim(email) <> '' group by lower(email) having count(*) > 1
),
found as (
    select 'email_twin' as issue, 'warning' as severity, 'accounts_customuser' as source_table, users.id as source_id, 'email' as column_name, users.email as value, null::bigint as school_id, 'another user''s e-mail differs in case only: use the id' as detail
    from mirror.accounts_customuser as users
    join twins on twins.folded = lower(users.email)
    union all
    select 'name_empty', 'info', 'accounts_customuser', users.id, 'name', users.name, null, 'shown by id'
    from mirror.accounts_customuser as users
    semi join stage_students as students on students.student_id = users.id
    where trim(coalesce(users.name, '')) = ''
    union all
    select 'name_with_control_characters', 'info', 'accounts_customuser', id, 'name', name, null, 'shown without them'
    from mirror.accounts_customuser where regexp_matches(name, '[\x00-\x1f\x7f]')
    union all
    select 'zone_unknown', 'error', 'accounts_schoolsettings', school_id, 'timezone', coalesce(written_timezone, 'null'), school_id, 'the default zone was used'
    from stage_schools where written_timezone is distinct from timezone
    union all
    select 'currency_unknown', 'error', 'accounts_schoolsettings', school_id, 'currency_code', coalesce(written_currency, 'null'), school_id, 'the default currency was used'
    from stage_schools where upper(trim(written_currency)) is distinct from currency
    union all
    select 'student_without_school', 'warning', 'accounts_customuser', student_id, 'id', student_id::varchar, null, 'seen by whole-business roles only'
    from stage_students where home_school_id is null
    union all
    select 'student_without_account', 'info', 'accounts_customuser', students.student_id, 'id', students.student_id::varchar, students.home_school_id, 'the platform holds no balance to compare with'
    from stage_students as students
    anti join stage_accounts as accounts on accounts.student_id = students.student_id
    union all
    select 'student_is_no_user', 'error', 'accounts_customuser', students.student_id, 'id', students.student_id::varchar, students.home_school_id, 'the user does not exist'
    from stage_students as students
    anti join mirror.accounts_customuser as users on users.id = students.student_id
    union all
    select 'class_status_unknown', 'warning', 'finances_classsession', id, 'status', status, school_id, 'counted as it stands'
    from mirror.finances_classsession where status is null or status not in ('scheduled', 'in_progress', 'completed', 'cancelled', 'no_show')
    union all
    select 'class_ends_before_it_begins', 'warning', 'finances_classsession', id, 'end_time', start_time::varchar || '–' || end_time::varchar, school_id, 'only its beginning counts'
    from mirror.finances_classsession where end_time < start_time
    union all
    select 'class_never_closed', 'info', 'finances_classsession', id, 'status', status, school_id, 'its day is past; it stays charged'
    from mirror.finances_classsession
    where status in ('scheduled', 'in_progress') and date < timezone('UTC', getvariable('as_of'))::date - 2
    union all
    select 'class_without_students', 'info', 'finances_classsession', sessions.id, 'id', sessions.id::varchar, sessions.school_id, 'nobody is on its list'
    from mirror.finances_classsession as sessions
    anti join mirror.finances_classsession_students as places on places.classsession_id = sessions.id
    where getvariable('has_class_lists')
    union all
    select 'date_far_away', 'info', 'finances_classsession', id, 'date', date::varchar, school_id, 'more than 20 years ahead'
    from mirror.finances_classsession where date > timezone('UTC', getvariable('as_of'))::date + interval 20 year
    union all
    select 'consumption_without_account', 'error', 'finances_hourconsumption', rows.id, 'student_account_id', rows.student_account_id::varchar, null, 'no such account: left out'
    from mirror.finances_hourconsumption as rows
    anti join mirror.finances_studentaccountbalance as accounts on accounts.id = rows.student_account_id and accounts.student_id is not null
    union all
    select 'purchase_without_student', 'error', 'finances_purchasetransaction', id, 'student_id', null, null, 'left out'
    from mirror.finances_purchasetransaction where student_id is null
    union all
    select 'row_without_date', 'error', 'finances_purchasetransaction', id, 'created_at', null, null, 'left out'
    from mirror.finances_purchasetransaction where created_at is null and updated_at is null
    union all
    select 'row_without_date', 'error', 'finances_hourconsumption', id, 'created_at', null, null, 'left out'
    from mirror.finances_hourconsumption where created_at is null and consumed_at is null and updated_at is null
    union all
    select 'value_out_of_range', 'warning', table_name, row_id, column_name, value, null, 'read as the nearest value that can be held, or as none'
    from odd_values
)
select
    issue,
    severity,
    source_table,
    source_id,
    column_name,
    left(value, 80) as value,
    case when source_table = 'accounts_customuser' then source_id end as student_id,
    school_id,
    detail,
from found
qualify row_number() over (partition by issue, source_table, source_id, column_name order by detail) = 1
order by issue, source_table, source_id, column_name
