---
access: public
returns: row
cache: 30s
---
-- What the status page shows to everybody: how busy the desk is, and nothing about whom.
select
  (count(*) filter (where status = 'open'))::integer as open,
  (count(*) filter (where status = 'pending'))::integer as pending,
  (count(*) filter (where escalated_at is not null and status in ('open', 'pending')))::integer as escalated,
  (select count(*)::integer from agents where active) as agents
from tickets
