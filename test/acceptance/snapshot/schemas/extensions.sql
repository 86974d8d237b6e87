-- A small guest house: rooms, guests, stays. The one to show: extensions (citext, pg_trgm) and what depends on them,
-- in public and in a schema of their own. Apart from the others, since not every server has these extensions.

create schema ext;
create schema house;
create extension citext;
create extension pg_trgm with schema ext;
comment on extension pg_trgm is 'For names that were heard on the phone.';

create domain house.email as citext check (value ~ '^[^@]+@[^@]+$');
create type house.person_name as (given citext, family citext);

create table house.guest (
  id integer generated always as identity primary key,
  email house.email unique,
  name text not null,
  nickname citext default 'guest'::citext,
  aliases citext[] not null default '{}',
  legal_name house.person_name
);
create index guest_name_trgm on house.guest using gin (name ext.gin_trgm_ops);
create index guest_name_near on house.guest using gist (name ext.gist_trgm_ops (siglen = 32));
create unique index guest_nickname on house.guest (nickname) where nickname <> 'guest';

create table house.room (
  code citext primary key check (length(code::text) = 3),
  beds smallint not null default 2,
  features citext[] default array['bath']::citext[],
  unique (code, beds)
);
create table house.stay (
  id bigserial primary key,
  room citext not null references house.room on update cascade,
  guest_id integer not null references house.guest on delete restrict,
  nights daterange not null,
  constraint stay_nights check (not isempty(nights)),
  constraint stay_with_end check (not upper_inf(nights)),
  constraint stay_open_once exclude using btree (room with =) where (lower_inf(nights))
);
create table house.breakfast (
  stay_id bigint references house.stay on delete cascade,
  day date,
  wish citext collate "C",
  primary key (stay_id, day)
);
create table house.complaint (
  id serial primary key,
  stay_id bigint references house.stay on delete set null,
  text text not null,
  similar_to integer references house.complaint,
  heading citext generated always as (left(text, 40)::citext) stored
);
create index complaint_text on house.complaint using gin (lower(text) ext.gin_trgm_ops) where stay_id is not null;
create table house.word (word citext primary key, weight real not null default ext.similarity('a', 'b'));

create function house.find(spoken text, at_least real default 0.3) returns setof house.guest
  language sql stable
begin atomic
  select g.* from house.guest g where ext.similarity(g.name, spoken) >= at_least order by ext.similarity(g.name, spoken) desc;
end;
create view house.regular as
  select g.email, g.nickname, count(*) as stays from house.guest g join house.stay s on s.guest_id = g.id
  where g.email operator(public.<>) 'house@example.com'::citext group by g.id having count(*) > 3;
create materialized view house.name_pair as
  select a.id as a, b.id as b, ext.similarity(a.name, b.name) as how from house.guest a join house.guest b on a.id < b.id;
create unique index name_pair_key on house.name_pair (a, b);
