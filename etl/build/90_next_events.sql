-- When each picked student's figures change next by themselves: a class takes place, a package expires, a date comes.
-- grain: student_id
create or replace temp table build_next_events as
with
instants as (
    select student_id, class_at as happens_at from stage_consumptions
    union all
    select student_id, held_at from stage_consumptions
    union all
    select student_id, returned_at from stage_consumptions
    union all
    select student_id, created_at from stage_purchases where grants
    union all
    select student_id, expires_at from stage_purchases where grants
    union all
    select purchases.student_id, refunds.refunded_at
    from stage_refunds as refunds
    join stage_purchases as purchases on purchases.transaction_id = refunds.transaction_id
    union all
    select student_id, unnest([effective_at, new_expires_at, expires_at]) from stage_adjustments
)
select
    student_id,
    min(happens_at) as happens_at,
from instants
where happens_at > getvariable('as_of')
group by student_id
