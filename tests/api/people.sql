-- Who may ask the API of the synthetic business: one of each role, and students whose e-mails agree but for case.
insert into users
select student_id, email, name, is_active, false from students;
insert into users values
    (101, 'staff@example.org', 'Platform Staff', true, true),
    (102, 'owner.a@example.org', 'Owner of A', true, false),
    (103, 'desk.a@example.org', 'Desk of A', true, false),
    (104, 'money.a@example.org', 'Money of A', true, false),
    (105, 'parent@example.org', 'Parent', true, false),
    (901, 'teacher1@example.org', 'Teacher 1', true, false),
    (107, 'owner.b@example.org', 'Owner of B', true, false),
    (108, 'gone@example.org', 'Gone', false, false),
    (109, 'father@example.org', 'Father of one', true, false);
insert into memberships select student_id, school_id, 'student', is_active from student_schools;
insert into memberships values
    (102, 1, 'school_owner', true), (103, 1, 'school_staff', true), (104, 1, 'teacher', true), (105, 1, 'parent', true),
    (901, 1, 'teacher', true), (107, 2, 'school_admin', true), (109, 1, 'parent', true);
insert into guardians values (105, 1, 1, true), (105, 2, 1, true), (105, 25, 2, false), (109, 3, 1, true);
update students set email = 'Twin@example.org' where student_id = 8;
update students set email = 'twin@Example.org' where student_id = 9;
insert into plans values
    (2, 'Free hours', 'none', 'package', 0, 10, null, 2, false, true),
    (3, 'Three hours', '', 'package', 3, 100, 90, 0, false, true), (4, 'Withdrawn', '', 'package', 5, 90, 90, 0, false, false);
update students set email = 'maria.silva@example.com' where student_id = 4;
