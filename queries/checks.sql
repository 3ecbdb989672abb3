-- question: Which sentences that must hold were tried on this snapshot, and did they?
-- grain: name
select
    name,
    severity,
    passed,
    found,
    sentence,
    sample,
    seconds,
from checks
order by passed, severity, name
