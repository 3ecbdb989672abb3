-- question: Which students have this e-mail, in any case?
-- grain: student_id
-- note: two students' e-mails may differ in case only: then both are here, and neither may be guessed
-- param: email text
select
    student_id,
    name,
    email,
    school_ids,
from students
where lower(trim(email)) = lower(trim($email))
order by student_id
