-- The other database knows organisations only by their ids, which are made in the same way as in the main seeds.
with organisation (n, id) as (
  values
    (0, '10000000-0000-4000-8000-000000000001'::uuid),
    (35, '10000000-0000-4000-8000-000000000002'::uuid)
  union all
  select n, md5('organisation:' || n)::uuid from generate_series(1, 34) as n
)
insert into daily_stats (day, organisation_id, opened, solved, first_response_minutes)
select
  day::date,
  o.id,
  (o.n * 3 + k * 5) % 7,
  (o.n * 5 + k * 3) % 6,
  case when (o.n * 3 + k * 5) % 7 > 0 then 8 + (o.n * 37 + k * 23) % 190 + 0.5 end
from organisation o
cross join generate_series(timestamp '2026-10-01', timestamp '2026-11-18', interval '1 day') with ordinality as calendar (day, k)
where extract(isodow from day) < 6;

insert into events (id, kind, organisation_id, ticket_id, actor_id, payload, occurred_at) values
  ('70000000-0000-4000-8000-000000000001', 'ticket.opened', '10000000-0000-4000-8000-000000000001', '40000000-0000-4000-8000-000000000001', 'b0000000-0000-4000-8000-000000000001', '{"channel": "web"}', '2026-11-02 08:14:00+00'),
  ('70000000-0000-4000-8000-000000000002', 'ticket.assigned', '10000000-0000-4000-8000-000000000001', '40000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000003', '{"team": "Billing"}', '2026-11-02 08:40:00+00'),
  ('70000000-0000-4000-8000-000000000003', 'ticket.opened', '10000000-0000-4000-8000-000000000002', '40000000-0000-4000-8000-000000000004', 'b0000000-0000-4000-8000-000000000003', '{"channel": "mail"}', '2026-10-26 07:45:00+00'),
  ('70000000-0000-4000-8000-000000000004', 'ticket.escalated', '10000000-0000-4000-8000-000000000002', '40000000-0000-4000-8000-000000000004', 'a0000000-0000-4000-8000-000000000001', '{"reason": "Affects several customers", "from": "high"}', '2026-10-26 08:12:00+00');

insert into events (id, kind, organisation_id, actor_id, payload, occurred_at)
select
  md5('event:' || n)::uuid,
  (array['ticket.opened', 'ticket.assigned', 'comment.added', 'ticket.solved', 'article.read'])[1 + n % 5],
  md5('organisation:' || (1 + n % 34))::uuid,
  ('a0000000-0000-4000-8000-00000000000' || (1 + n % 6))::uuid,
  jsonb_build_object('channel', (array['web', 'mail', 'app'])[1 + n % 3], 'minutes', (n * 37) % 240),
  timestamptz '2026-11-18 17:00:00+00' - (n * 53) * interval '1 minute'
from generate_series(1, 900) as n;
