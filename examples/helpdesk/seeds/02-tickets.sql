insert into tags (id, name, colour) values
  ('30000000-0000-4000-8000-000000000001', 'billing', '#0f766e'),
  ('30000000-0000-4000-8000-000000000002', 'login', '#b45309'),
  ('30000000-0000-4000-8000-000000000003', 'export', '#1d4ed8'),
  ('30000000-0000-4000-8000-000000000004', 'integration', '#7c3aed'),
  ('30000000-0000-4000-8000-000000000005', 'performance', '#be123c'),
  ('30000000-0000-4000-8000-000000000006', 'how-to', '#4d7c0f'),
  ('30000000-0000-4000-8000-000000000007', 'bug', '#b91c1c'),
  ('30000000-0000-4000-8000-000000000008', 'feature-request', '#0369a1');

-- Five that the README and the tests call by their ids.
insert into tickets (id, organisation_id, requester_id, subject, description, status, priority, assignee_id, internal_note, created_at, updated_at, solved_at) values
  ('40000000-0000-4000-8000-000000000001', '10000000-0000-4000-8000-000000000001', 'b0000000-0000-4000-8000-000000000001', 'Invoice for October shows two seats we removed', 'We took Lena and Marek off the account on 28 September, but the October invoice still charges eight seats. Could you correct it before our accountant closes the month?', 'open', 'high', 'a0000000-0000-4000-8000-000000000003', 'Proration job skipped them. Refund is approved, do not promise a date.', '2026-11-02 08:14:00+00', '2026-11-02 11:30:00+00', null),
  ('40000000-0000-4000-8000-000000000002', '10000000-0000-4000-8000-000000000001', 'b0000000-0000-4000-8000-000000000002', 'Label printer stops after the first page', 'Since the update on Monday the daily batch prints one page and then waits. Restarting the till helps for one more page.', 'pending', 'normal', 'a0000000-0000-4000-8000-000000000004', null, '2026-11-03 05:52:00+00', '2026-11-04 09:05:00+00', null),
  ('40000000-0000-4000-8000-000000000003', '10000000-0000-4000-8000-000000000001', 'b0000000-0000-4000-8000-000000000001', 'Can two people edit the same order sheet?', 'Ben and I would like to fill in the morning orders together. Is that possible on our plan?', 'solved', 'low', 'a0000000-0000-4000-8000-000000000006', null, '2026-10-12 13:20:00+00', '2026-10-12 15:02:00+00', '2026-10-12 15:02:00+00'),
  ('40000000-0000-4000-8000-000000000004', '10000000-0000-4000-8000-000000000002', 'b0000000-0000-4000-8000-000000000003', 'Reminder texts go out an hour late since the clocks changed', 'Patients who come at 9:00 are told 10:00. We have switched the reminders off for now.', 'open', 'urgent', 'a0000000-0000-4000-8000-000000000001', 'Scheduler stores local time. Same cause as the Pinewood report.', '2026-10-26 07:45:00+00', '2026-10-26 08:10:00+00', null),
  ('40000000-0000-4000-8000-000000000005', '10000000-0000-4000-8000-000000000002', 'b0000000-0000-4000-8000-000000000004', 'Export of the appointment history is missing March', 'The CSV has January, February and April. The screen shows March without trouble.', 'open', 'normal', null, null, '2026-11-05 10:31:00+00', '2026-11-05 10:31:00+00', null);

-- About one in ten pairs of a subject and a person became a ticket; the md5 of the pair says which, and what became of it.
with template (n, subject, description, tag) as (
  values
    (1, 'Cannot sign in after changing my password', 'The reset mail arrived and the new password was accepted, but the sign-in page says it is wrong. I tried two browsers.', 'login'),
    (2, 'Two-factor codes are refused on the new phone', 'I moved to a new phone and the codes from the authenticator are no longer accepted. Nobody else here is an owner.', 'login'),
    (3, 'Please send the invoice to another address', 'Our finance team has moved. Could future invoices go to their shared mailbox instead of mine?', 'billing'),
    (4, 'Charged twice this month', 'Our card statement shows two payments on the same day with different references.', 'billing'),
    (5, 'What happens when we move from Team to Business?', 'We are growing and would like to know whether the data stays where it is and how the difference is billed.', 'billing'),
    (6, 'CSV export ends after 10,000 rows', 'The file is cut off in the middle of a line. The screen says that there are 14,312 records.', 'export'),
    (7, 'Dates in the export are in American format', 'Month and day are swapped, so our spreadsheet reads half of them wrong.', 'export'),
    (8, 'Webhook deliveries stopped on Friday evening', 'Our endpoint has been up all the time. The delivery log shows nothing after 18:40.', 'integration'),
    (9, 'How do I rotate the API key without downtime?', 'Our security review asks for a rotation every 90 days. Can two keys be valid for a while?', 'integration'),
    (10, 'Calendar sync creates every event twice', 'It began after a colleague connected the same calendar. Removing one of them did not help.', 'integration'),
    (11, 'The dashboard takes half a minute to load', 'Mornings are worst. Other pages are quick.', 'performance'),
    (12, 'Search does not find names with accents', 'Looking for "Zieliński" gives nothing, "Zielinski" gives nothing either. Scrolling shows him.', 'bug'),
    (13, 'Attachments over 20 MB fail without a message', 'The bar runs to the end and then the file is simply not there.', 'bug'),
    (14, 'Dark mode for the mobile app', 'Our night shift would be grateful.', 'feature-request'),
    (15, 'Let us set working hours per site', 'We have three sites with different hours, and the reports count the closed hours as waiting.', 'feature-request'),
    (16, 'How do we give an auditor access for one week?', 'They should read everything and change nothing, and the access should end by itself.', 'how-to'),
    (17, 'Import of contacts: what must the columns be called?', 'We have a list of 2,300 from the old system and would like to get it right the first time.', 'how-to'),
    (18, 'Printing cuts off the right-hand column', 'Both on A4 and Letter. It was fine in September.', 'bug'),
    (19, 'Mail notifications arrive in the wrong language', 'The account is set to Portuguese, the mails come in English.', 'bug'),
    (20, 'Report of last quarter differs from the dashboard', 'The report says 1,204 and the dashboard 1,187 for the same three months.', 'performance'),
    (21, 'A former colleague still gets our notifications', 'She left in August and her account is disabled, but the weekly summary reaches her private address.', 'login'),
    (22, 'Can we keep our data in the EU?', 'A client asks for it in writing before they sign.', 'how-to'),
    (23, 'The app logs me out every few minutes', 'Only on the tablet at the front desk, and only since this week.', 'login'),
    (24, 'Bulk edit changes the rows of the previous filter', 'I filtered again, selected all, and the earlier 60 rows were changed instead. We restored them by hand.', 'bug')
),
person as (
  select row_number() over (order by o.created_at, m.created_at, m.id) as p, m.organisation_id, m.user_id
  from members m
  join organisations o on o.id = m.organisation_id
  where m.user_id::text not like 'b0000000-%'
),
drafted as (
  select
    t.n, t.subject, t.description, t.tag, p.p, p.organisation_id, p.user_id,
    get_byte(d.digest, 1) % 100 as mix,
    get_byte(d.digest, 2) as pick,
    timestamptz '2026-11-18 17:00:00+00'
      - (get_byte(d.digest, 3) * 780 + get_byte(d.digest, 4) * 3) * interval '1 minute' as created_at
  from template t
  cross join person p
  cross join lateral (select decode(md5('mix:' || p.p || ':' || t.n), 'hex') as digest) d
  where get_byte(d.digest, 0) % 10 = 0
),
placed as (
  select
    *,
    case when mix < 34 then 'open' when mix < 50 then 'pending' when mix < 78 then 'solved' else 'closed' end::ticket_status as status,
    (20 + mix * 13) * interval '1 minute' as waited
  from drafted
)
insert into tickets (id, organisation_id, requester_id, subject, description, status, priority, assignee_id, internal_note, created_at, updated_at, solved_at)
select
  md5('ticket:' || p || ':' || n)::uuid,
  organisation_id,
  user_id,
  subject,
  description,
  status,
  (array['normal', 'normal', 'low', 'high', 'normal', 'low', 'high', 'urgent'])[1 + pick % 8]::ticket_priority,
  case when mix % 9 = 0 and status = 'open' then null
       else ('a0000000-0000-4000-8000-00000000000' || (1 + pick % 6))::uuid end,
  case when mix % 7 = 0 then 'Seen before: look at the other reports with the same tag.' end,
  created_at,
  created_at + waited,
  case when status in ('solved', 'closed') then created_at + waited end
from placed;

insert into ticket_tags (ticket_id, tag_id) values
  ('40000000-0000-4000-8000-000000000001', '30000000-0000-4000-8000-000000000001'),
  ('40000000-0000-4000-8000-000000000002', '30000000-0000-4000-8000-000000000007'),
  ('40000000-0000-4000-8000-000000000003', '30000000-0000-4000-8000-000000000006'),
  ('40000000-0000-4000-8000-000000000004', '30000000-0000-4000-8000-000000000007'),
  ('40000000-0000-4000-8000-000000000005', '30000000-0000-4000-8000-000000000003');

-- A ticket's tag follows from its subject; every fifth one was also marked as a bug by an agent.
with rule (pattern, tag) as (
  values
    ('(?i)sign in|two-factor|logs me out|former colleague', 'login'),
    ('(?i)invoice|charged|team to business', 'billing'),
    ('(?i)export', 'export'),
    ('(?i)webhook|api key|calendar', 'integration'),
    ('(?i)half a minute|last quarter', 'performance'),
    ('(?i)^how do|import of|keep our data', 'how-to'),
    ('(?i)accents|attachments|printing|notifications arrive|bulk edit', 'bug'),
    ('(?i)dark mode|let us set', 'feature-request')
)
insert into ticket_tags (ticket_id, tag_id)
select t.id, g.id
from tickets t
join rule r on t.subject ~ r.pattern or (r.tag = 'bug' and get_byte(uuid_send(t.id), 0) % 5 = 0)
join tags g on g.name = r.tag
where t.id::text not like '40000000-%';
