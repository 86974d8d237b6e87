---
access: authenticated
params:
  status: { type: ticket_status, default: open }
  limit: { type: integer, default: 20 }
cache: 1m
---
-- The tickets of the caller's organisations, the most pressing first, each with how much was said about it.
select
  t.id, t.subject, t.priority, t.created_at, o.name as organisation,
  (select count(*)::integer from comments c where c.ticket_id = t.id and not c.internal) as comments,
  t.requester_id = $user.id as mine
from tickets t
join organisations o on o.id = t.organisation_id
where t.status = :status
  and exists (select 1 from members m where m.organisation_id = t.organisation_id and m.user_id = $user.id)
order by t.priority desc, t.created_at desc, t.id
limit least(greatest(:limit, 0), 100)
