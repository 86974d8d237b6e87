---
access: public
returns: row
cache: 30s
---
select count(*)::integer as tasks, count(*) filter (where status = 'done')::integer as done from tasks
