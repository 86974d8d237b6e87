---
access: authenticated
params:
  limit: { type: integer, default: 20 }
---
-- The caller's open tasks, the most pressing first.
select id, title, due_on, (select count(*)::integer from notes n where n.task_id = t.id) as notes
from tasks t
where owner_id = $user.id and status = 'open'
order by due_on nulls last, created_at, id
limit least(greatest(:limit, 0), 100)
