insert into comments (id, ticket_id, organisation_id, author_id, body, internal, created_at) values
  ('50000000-0000-4000-8000-000000000001', '40000000-0000-4000-8000-000000000001', '10000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000003', 'Thank you for the dates, Ada. I can see both removals and am checking why the invoice missed them.', false, '2026-11-02 09:02:00+00'),
  ('50000000-0000-4000-8000-000000000002', '40000000-0000-4000-8000-000000000001', '10000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000003', 'Proration job failed on the 28th for 14 accounts. Jonas has the list.', true, '2026-11-02 09:20:00+00'),
  ('50000000-0000-4000-8000-000000000003', '40000000-0000-4000-8000-000000000001', '10000000-0000-4000-8000-000000000001', 'b0000000-0000-4000-8000-000000000001', 'Thanks, Priya. The accountant needs it by Thursday.', false, '2026-11-02 11:30:00+00'),
  ('50000000-0000-4000-8000-000000000004', '40000000-0000-4000-8000-000000000002', '10000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000004', 'Which printer is it, and is it on Wi-Fi or on a cable?', false, '2026-11-04 09:05:00+00'),
  ('50000000-0000-4000-8000-000000000005', '40000000-0000-4000-8000-000000000003', '10000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000006', 'Yes, on Team and above. Open the sheet on both screens and you will see each other''s cursor.', false, '2026-10-12 14:11:00+00'),
  ('50000000-0000-4000-8000-000000000006', '40000000-0000-4000-8000-000000000003', '10000000-0000-4000-8000-000000000001', 'b0000000-0000-4000-8000-000000000001', 'That was easy. Thank you!', false, '2026-10-12 15:02:00+00'),
  ('50000000-0000-4000-8000-000000000007', '40000000-0000-4000-8000-000000000004', '10000000-0000-4000-8000-000000000002', 'a0000000-0000-4000-8000-000000000001', 'Switching them off was right. A fix is being tested, I will write again this afternoon.', false, '2026-10-26 08:10:00+00'),
  ('50000000-0000-4000-8000-000000000008', '40000000-0000-4000-8000-000000000004', '10000000-0000-4000-8000-000000000002', 'a0000000-0000-4000-8000-000000000002', 'Affects every account in a zone with summer time. Status page?', true, '2026-10-26 08:25:00+00');

-- The agent asks, the customer answers, and sometimes the agents talk among themselves.
with ticket as (
  select *, get_byte(uuid_send(id), 1) as mix, coalesce(assignee_id, 'a0000000-0000-4000-8000-000000000006') as agent_id
  from tickets
  where id::text not like '40000000-%'
),
line as (
  select t.id, t.organisation_id, t.created_at, t.agent_id as author_id, 1 as k, false as internal,
    (array[
      'Thank you for writing. I can reproduce this and have passed it on to the engineers.',
      'Could you tell me roughly when you saw it first, and on which device?',
      'I have looked at your account and can see what you mean. Give me an hour, please.',
      'This is on our list already. I have added your account so that you hear when it is done.',
      'There is a setting for this under Account, Preferences. Does it do what you need?'
    ])[1 + t.mix % 5] as body
  from ticket t
  where t.mix % 11 <> 0
  union all
  select t.id, t.organisation_id, t.created_at, t.requester_id, 2, false,
    (array[
      'It began on Monday morning, on the laptop and on the phone alike.',
      'Thanks for the quick answer. We will try that and let you know.',
      'Unfortunately that did not change anything. Shall I send a screenshot?',
      'Perfect, that was it.',
      'A colleague of mine sees the same, so it is not only my account.'
    ])[1 + (t.mix / 3) % 5]
  from ticket t
  where t.mix % 3 <> 0
  union all
  select t.id, t.organisation_id, t.created_at, t.agent_id, 3, true,
    (array[
      'Same as the report of last week. Linking the two.',
      'Customer is up for renewal next month, please keep this warm.',
      'Needs a migration on their shard. Ask Mira before promising anything.',
      'Workaround in the runbook, section 4.'
    ])[1 + t.mix % 4]
  from ticket t
  where t.mix % 4 = 1
  union all
  select t.id, t.organisation_id, t.created_at, t.agent_id, 4, false,
    'This is solved on our side. I will close the ticket in a few days unless you see it again.'
  from ticket t
  where t.status in ('solved', 'closed')
)
insert into comments (id, ticket_id, organisation_id, author_id, body, internal, created_at)
select
  md5('comment:' || id || ':' || k)::uuid, id, organisation_id, author_id, body, internal,
  created_at + k * interval '4 minutes 30 seconds'
from line;
