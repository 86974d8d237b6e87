---
access: authenticated
params:
  ticket_id: { type: uuid }
  reason: { type: text, default: Closed without a comment. }
returns: row
---
-- Closes a ticket and says why, or does neither: the statements of one file run in one transaction.
-- The requester may, and so may every agent. For everybody else there is no such ticket: null.
insert into comments (ticket_id, organisation_id, author_id, body)
select id, organisation_id, $user.id, :reason
from tickets
where id = :ticket_id
  and status <> 'closed'
  and (requester_id = $user.id or 'agent' = any ($user.roles));

update tickets
set status = 'closed', solved_at = coalesce(solved_at, now()), updated_at = now()
where id = :ticket_id
  and (requester_id = $user.id or 'agent' = any ($user.roles));

select id, subject, status, solved_at
from tickets
where id = :ticket_id
  and (requester_id = $user.id or 'agent' = any ($user.roles))
