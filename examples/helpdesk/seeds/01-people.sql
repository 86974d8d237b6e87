-- Every id is a literal or an md5 of a number, and nothing is random: the same rows every time.

insert into agents (user_id, name, email, team, active) values
  ('a0000000-0000-4000-8000-000000000001', 'Mira Okafor', 'mira@desk.example', 'Platform', true),
  ('a0000000-0000-4000-8000-000000000002', 'Jonas Lindqvist', 'jonas@desk.example', 'Platform', true),
  ('a0000000-0000-4000-8000-000000000003', 'Priya Raman', 'priya@desk.example', 'Billing', true),
  ('a0000000-0000-4000-8000-000000000004', 'Tomasz Wrona', 'tomasz@desk.example', 'Integrations', true),
  ('a0000000-0000-4000-8000-000000000005', 'Aiko Tanabe', 'aiko@desk.example', 'Integrations', true),
  ('a0000000-0000-4000-8000-000000000006', 'Samuel Etienne', 'samuel@desk.example', 'Onboarding', true),
  ('a0000000-0000-4000-8000-000000000007', 'Ruth Castellanos', 'ruth@desk.example', 'Onboarding', false);

-- Two customers whose people the README and the tests speak for.
insert into organisations (id, name, slug, plan, billing_email, created_at) values
  ('10000000-0000-4000-8000-000000000001', 'Northwind Bakery', 'northwind-bakery', 'team', 'accounts@northwind-bakery.example', '2025-02-03 09:12:00+00'),
  ('10000000-0000-4000-8000-000000000002', 'Harbour Dental', 'harbour-dental', 'business', 'office@harbour-dental.example', '2025-02-17 14:40:00+00');

insert into members (id, organisation_id, user_id, name, email, role, created_at) values
  ('20000000-0000-4000-8000-000000000001', '10000000-0000-4000-8000-000000000001', 'b0000000-0000-4000-8000-000000000001', 'Ada Brandt', 'ada@northwind-bakery.example', 'owner', '2025-02-03 09:12:00+00'),
  ('20000000-0000-4000-8000-000000000002', '10000000-0000-4000-8000-000000000001', 'b0000000-0000-4000-8000-000000000002', 'Ben Osei', 'ben@northwind-bakery.example', 'member', '2025-02-05 08:01:00+00'),
  ('20000000-0000-4000-8000-000000000003', '10000000-0000-4000-8000-000000000002', 'b0000000-0000-4000-8000-000000000003', 'Carla Moretti', 'carla@harbour-dental.example', 'owner', '2025-02-17 14:40:00+00'),
  ('20000000-0000-4000-8000-000000000004', '10000000-0000-4000-8000-000000000002', 'b0000000-0000-4000-8000-000000000004', 'Dmitri Volkov', 'dmitri@harbour-dental.example', 'member', '2025-02-18 10:22:00+00');

with names (n, name) as (
  select ordinality, name
  from unnest(array[
    'Alder & Finch', 'Bluegum Logistics', 'Cardinal Press', 'Dovetail Joinery', 'Everly Florists', 'Foxglove Health',
    'Granite Cycles', 'Hollis Accounting', 'Ironbridge Foundry', 'Juniper Travel', 'Kestrel Robotics', 'Lumen Optics',
    'Marlow Estates', 'Nettle Tea Co', 'Oakhurst School', 'Pinewood Hotels', 'Quarry Lane Vets', 'Redshank Sailing',
    'Saltmarsh Foods', 'Thornbury Legal', 'Umber Ceramics', 'Vantage Surveys', 'Willow Street Clinic', 'Yarrow Energy',
    'Zephyr Couriers', 'Ashdown Museum', 'Brightwater Labs', 'Copperleaf Studio', 'Drumlin Farms', 'Elmstead Library',
    'Fairhaven Trust', 'Gullwing Motors', 'Heron Insurance', 'Inkwell Stationers'
  ]) with ordinality as listed (name, ordinality)
)
insert into organisations (id, name, slug, plan, billing_email, created_at)
select
  md5('organisation:' || n)::uuid,
  name,
  trim(both '-' from regexp_replace(lower(name), '[^a-z0-9]+', '-', 'g')),
  (array['free', 'team', 'team', 'business'])[1 + n % 4]::plan,
  'accounts@' || trim(both '-' from regexp_replace(lower(name), '[^a-z0-9]+', '-', 'g')) || '.example',
  timestamptz '2025-03-01 09:00:00+00' + n * interval '9 days 3 hours 17 minutes'
from names;

-- Three to six people in each of the others; the first of them owns the account.
with organisation (n, id, slug, created_at) as (
  select row_number() over (order by created_at), id, slug, created_at
  from organisations
  where id <> all (array['10000000-0000-4000-8000-000000000001', '10000000-0000-4000-8000-000000000002']::uuid[])
),
person as (
  select
    o.id as organisation_id, o.slug, o.created_at, k,
    (array[
      'Amina', 'Bruno', 'Chloe', 'Daniel', 'Elena', 'Farid', 'Grace', 'Hugo', 'Ingrid', 'Jamal', 'Keiko', 'Liam',
      'Marta', 'Noah', 'Oluwaseun', 'Petra', 'Quentin', 'Rosa', 'Stefan', 'Thandi', 'Usha', 'Viktor', 'Wendy', 'Yusuf'
    ])[1 + (o.n * 7 + k * 5) % 24] as first,
    (array[
      'Abbott', 'Bergman', 'Costa', 'Dhillon', 'Eriksen', 'Fontaine', 'Greco', 'Hassan', 'Ivanova', 'Jensen', 'Kaur',
      'Lopez', 'Murphy', 'Nakamura', 'Owusu', 'Pereira', 'Quinn', 'Rossi', 'Schmidt', 'Taylor', 'Ueda', 'Vargas',
      'Walsh', 'Xu', 'Young', 'Zieliński', 'Novák', 'Haddad', 'Martin'
    ])[1 + (o.n * 11 + k * 13) % 29] as last
  from organisation o
  cross join lateral generate_series(1, 3 + o.n % 4) as k
)
insert into members (id, organisation_id, user_id, name, email, role, created_at)
select
  md5('member:' || slug || ':' || k)::uuid,
  organisation_id,
  md5('user:' || slug || ':' || k)::uuid,
  first || ' ' || last,
  lower(first) || k || '@' || slug || '.example',
  case when k = 1 then 'owner' else 'member' end::member_role,
  created_at + (k - 1) * interval '2 days 5 hours'
from person;
