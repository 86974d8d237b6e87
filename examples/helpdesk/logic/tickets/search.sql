---
access: [agent, admin]
params:
  text: { type: text }
  tags: { type: "text[]", nullable: true, default: null }
  status: { type: ticket_status, nullable: true, default: null }
  limit: { type: integer, default: 25 }
---
-- Full-text search over subject and description, narrowed by status and by tags that must all be there.
select
  t.id, t.subject, t.status, t.priority, o.name as organisation, a.name as assignee,
  ts_rank(
    to_tsvector('english', t.subject || ' ' || t.description),
    websearch_to_tsquery('english', :text)
  ) as rank
from tickets t
join organisations o on o.id = t.organisation_id
left join agents a on a.user_id = t.assignee_id
where to_tsvector('english', t.subject || ' ' || t.description) @@ websearch_to_tsquery('english', :text)
  and (:status is null or t.status = :status)
  and (
    :tags is null
    or :tags <@ (
      select array_agg(g.name) from ticket_tags tt join tags g on g.id = tt.tag_id where tt.ticket_id = t.id
    )
  )
order by rank desc, t.created_at desc, t.id
limit least(greatest(:limit, 0), 100)
