-- Two tables of a wine merchant. The one to show: expressions that Postgres itself spells in another way once its own
-- spelling was read again, so that even a restored pg_dump differs from the first. A plan must be empty all the same,
-- and a dump can only equal that of a restored dump.

create table wine (
  id integer generated always as identity primary key,
  colour varchar(10) not null check (colour in ('red', 'white', 'rosé')),
  bottle varchar(20) default 'standard',
  price numeric(8,2) not null,
  constraint wine_bottle check (bottle not in ('box', 'can'))
);
create index wine_still on wine (price) where colour in ('red', 'white');

create table tasting (
  wine_id integer not null references wine,
  verdict varchar(8) not null,
  points smallint,
  constraint tasting_verdict check (verdict = any ('{good,bad}'::varchar[]) or verdict in ('corked', 'late'))
);
create view drinkable as
  select w.id, w.colour, t.points from wine w join tasting t on t.wine_id = w.id where t.verdict in ('good', 'late');
alter table tasting enable row level security;
create policy tasting_good on tasting for select using (verdict in ('good', 'bad'));
