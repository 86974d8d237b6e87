-- For `stk dev`, once, when its database is new. Deterministic: the same rows every time.
insert into tasks (id, title, status, due_on, owner_id, created_at, finished_at) values
  ('40000000-0000-4000-8000-000000000001', 'Read the permissions of this project', 'done', null, '10000000-0000-4000-8000-000000000001', '2026-01-05 09:00:00+00', '2026-01-05 09:20:00+00'),
  ('40000000-0000-4000-8000-000000000002', 'Call tasks/open with a token', 'open', '2026-01-12', '10000000-0000-4000-8000-000000000001', '2026-01-05 09:21:00+00', null),
  ('40000000-0000-4000-8000-000000000003', 'Declare a table of my own', 'open', '2026-01-16', '10000000-0000-4000-8000-000000000001', '2026-01-05 09:22:00+00', null),
  ('40000000-0000-4000-8000-000000000004', 'Water the plants', 'open', null, '10000000-0000-4000-8000-000000000002', '2026-01-06 17:45:00+00', null);

insert into notes (id, task_id, author_id, body, created_at) values
  ('50000000-0000-4000-8000-000000000001', '40000000-0000-4000-8000-000000000002', '10000000-0000-4000-8000-000000000001', 'stk dev prints a curl line to paste.', '2026-01-05 09:25:00+00');
