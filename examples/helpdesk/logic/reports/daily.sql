---
access: [agent, admin]
connection: analytics
params:
  since: { type: date, default: 2026-10-01 }
cache: 5m
---
select
  day,
  sum(opened)::integer as opened,
  sum(solved)::integer as solved,
  round(avg(first_response_minutes), 1) as first_response_minutes
from daily_stats
where day >= :since
group by day
order by day
