---
access: private
connection: analytics
params:
  kind: { type: text }
  organisation_id: { type: uuid }
  ticket_id: { type: uuid, nullable: true, default: null }
  payload: { type: jsonb }
returns: value
---
-- Only other logic may call this: what stands in the analytics database was not typed in by a client.
insert into events (kind, organisation_id, ticket_id, actor_id, payload)
values (:kind, :organisation_id, :ticket_id, $user.id, :payload)
returning id
