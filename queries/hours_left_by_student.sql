-- question: How many hours can each present student still use at each school?
-- grain: student_id, school_id
-- note: present = may sign in, and is an active member; who never had hours there is left out
-- param: school_id integer null
-- param: student_id integer null
select
    student_schools.student_id,
    student_schools.school_id,
    balances.hours_usable,
    balances.next_expiry,
from student_schools
join students on students.student_id = student_schools.student_id and students.is_active
join student_school_balances as balances
    on balances.student_id = student_schools.student_id and balances.school_id = student_schools.school_id
where student_schools.is_active
    and ($school_id::bigint is null or student_schools.school_id = $school_id)
    and balances.hours_purchased + balances.hours_added > 0
    and ($student_id::bigint is null or student_schools.student_id = $student_id)
order by student_schools.student_id, student_schools.school_id
