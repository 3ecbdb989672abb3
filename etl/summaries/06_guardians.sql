-- grain: parent_id, child_id, school_id
insert into snap.guardians
select
    parent_id,
    child_id,
    school_id,
    bool_or(coalesce(is_active, false)) as is_active,
from mirror.accounts_parentchildrelationship
where parent_id is not null and child_id is not null
group by parent_id, child_id, school_id
order by parent_id, child_id, school_id
