-- Hours held now for classes still to come, per package, less what was returned.
-- grain: student_id, package_id
create or replace temp table build_reservations as
select
    student_id,
    charged_package_id as package_id,
    sum(hours_booked - hours_returned)::decimal(12,2) as hours,
from build_consumptions
where not is_taught and not is_split and charged_package_id is not null
group by student_id, charged_package_id
having sum(hours_booked - hours_returned) > 0
