-- A record shop: artists, releases, copies on the shelf, orders over the counter and by post.
--
-- Made over ten years by one careful developer. The one to show: serial keys and their sequences (also of a table
-- that was renamed since), hand-made sequences with every option, plain types with modifiers, defaults with functions
-- and casts, every action of a foreign key, table and column settings, and functions over a table's row.

create type release_format as enum ('LP', 'EP', '7"', '10"', '12" single', 'CD', 'Cassette', 'it''s complicated');
create type order_state as enum ('basket', 'placed', 'paid', 'picked', 'shipped', 'returned', 'cancelled');
comment on type release_format is 'What the customer holds in hand.';

create type postal_address as (
  line1 varchar(80),
  line2 varchar(80),
  postcode varchar(12),
  city varchar(60),
  country char(2)
);
comment on type postal_address is 'An address as it is printed on a parcel.';
comment on column postal_address.country is 'ISO 3166-1 alpha-2';

create type track_position as (side char(1), number smallint);

create domain email_address as varchar(254)
  constraint email_address_has_at check (value ~ '^[^@\s]+@[^@\s]+$');
create domain barcode as char(13) check (value ~ '^[0-9]{13}$');
create domain price as numeric(8,2) default 0.00 not null constraint price_not_negative check (value >= 0);
create domain rating as smallint check (value between 1 and 5);
comment on domain barcode is 'EAN-13, with its check digit.';
comment on constraint price_not_negative on domain price is 'Refunds are their own rows.';

create sequence invoice_number_seq as integer start with 100000 increment by 1 minvalue 100000 maxvalue 999999 cache 1 no cycle;
create sequence shelf_label_seq as smallint start 1 increment 2 maxvalue 9999 cycle cache 10;
create sequence countdown_seq as bigint increment by -1 minvalue -1000000 maxvalue -1 start with -1;
comment on sequence invoice_number_seq is 'Gaps are explained to the tax office by hand.';

create function next_invoice_number() returns text
  language sql volatile
  as $$ select 'RS-' || to_char(nextval('public.invoice_number_seq'), 'FM000000') $$;
comment on function next_invoice_number() is 'RS-100000 and onwards.';

create function slug(title text) returns text
  language sql immutable strict parallel safe
  return trim(both '-' from regexp_replace(lower(title), '[^a-z0-9]+', '-', 'g'));

create function ean13_is_valid(code text) returns boolean
  language plpgsql immutable strict parallel safe cost 50
as $function$
declare
  total integer := 0;
begin
  if code !~ '^[0-9]{13}$' then
    return false;
  end if;
  for i in 1..12 loop
    total := total + substr(code, i, 1)::integer * case when i % 2 = 0 then 3 else 1 end;
  end loop;
  return (10 - total % 10) % 10 = substr(code, 13, 1)::integer;
end
$function$;

create table country (
  code char(2) primary key,
  name varchar(60) not null unique,
  eu boolean not null default false,
  vat_percent numeric(4,2) not null default 19.00 check (vat_percent between 0 and 30)
);

create table label (
  id serial primary key,
  name varchar(120) not null,
  country_code char(2) default 'DE' references country on update cascade on delete set default,
  parent_id integer references label (id) on delete set null,
  founded smallint check (founded > 1880),
  website text,
  constraint label_name_key unique (name),
  constraint label_not_its_own_parent check (parent_id <> id)
);
comment on constraint label_not_its_own_parent on label is 'Longer circles are found by the nightly report.';

create table artist (
  id serial primary key,
  name varchar(160) not null,
  sort_name varchar(160) collate "C",
  slug text generated always as (slug(name)) stored,
  is_group boolean default false not null,
  born date,
  aliases text[] not null default '{}',
  links jsonb not null default '{}'::jsonb,
  biography text,
  added timestamptz not null default now()
) with (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.05);
comment on table artist is 'A person or a group; various artists is number 1.';
comment on column artist.sort_name is 'Beatles, The';
alter table artist alter column biography set storage external;
alter table artist alter column name set statistics 400;
create index artist_sort_name on artist (sort_name);
create index artist_name_lower on artist (lower(name));
create index artist_name_pattern on artist (name varchar_pattern_ops);
create index artist_aliases on artist using gin (aliases) with (fastupdate = off);
create unique index artist_slug_key on artist (slug) where slug <> '';
comment on index artist_name_pattern is 'For the letters on the left of the website.';

create table artist_member (
  group_id integer not null references artist on delete cascade,
  person_id integer not null references artist on delete cascade,
  years int4range not null default '[,)',
  instruments text[] default array['vocals', 'guitar'],
  constraint artist_member_pkey primary key (group_id, person_id, years),
  constraint artist_member_one_at_a_time exclude using gist (
    int4range(group_id, group_id, '[]') with =, int4range(person_id, person_id, '[]') with =, years with &&)
);

create table genre (
  id smallserial primary key,
  name varchar(40) not null,
  parent smallint references genre deferrable initially deferred
);
create unique index genre_name_per_parent on genre (parent, lower(name)) nulls not distinct;

create table album (
  id serial primary key,
  artist_id integer not null references artist,
  label_id integer references label on delete set null,
  title varchar(200) not null,
  subtitle varchar(200),
  original_year smallint,
  genre_id smallint references genre on update no action on delete restrict,
  cover bytea,
  cover_size box,
  notes text default E'first line\nsecond\tline',
  search tsvector generated always as (
    setweight(to_tsvector('simple'::regconfig, coalesce(title, '')), 'A')
    || setweight(to_tsvector('simple'::regconfig, coalesce(subtitle, '')), 'B')) stored,
  unique (artist_id, title, original_year)
);
alter table album add column play_time interval minute to second;
create index on album (label_id) where label_id is not null;
create index album_search on album using gin (search);
create index on album (artist_id, original_year desc nulls last) include (title);

create table discs (
  id serial primary key,
  album_id integer not null references album on delete cascade,
  format release_format not null default 'LP',
  catalogue_number varchar(30),
  ean barcode,
  released date,
  rpm numeric(4,1) default 33.3,
  weight_grams integer,
  discontinued boolean default false,
  colour varchar(20) default 'black'::character varying,
  constraint discs_ean_check check (ean is null or ean13_is_valid((ean)::text))
);
-- The table got a better name in the seventh year; its sequence and its keys did not.
alter table discs rename to pressing;
alter table pressing drop column discontinued;
alter table pressing rename column colour to vinyl_colour;
alter table pressing add column matrix_numbers text[][] default '{}';
create index ix_discs_catno on pressing using hash (catalogue_number);
create unique index ix_discs_ean on pressing (ean) with (fillfactor = 80);

create table track (
  pressing_id integer not null references pressing on delete cascade,
  at track_position not null,
  title varchar(250) not null,
  length interval(0),
  isrc char(12),
  composer_ids integer[] not null default array[]::integer[],
  primary key (pressing_id, at)
);
create index track_title_words on track using gin (to_tsvector('english', title));

create table shelf (
  id smallint primary key default nextval('shelf_label_seq'),
  room varchar(20) not null default 'front',
  spot point,
  width_cm real check (width_cm > 0),
  height_cm double precision
);
alter sequence shelf_label_seq owned by shelf.id;

create table copy (
  id bigserial primary key,
  pressing_id integer not null references pressing,
  shelf_id smallint references shelf on delete set null,
  grade char(3) not null default 'NM ' check (grade in ('M', 'NM', 'VG+', 'VG', 'G+', 'G', 'P')),
  sleeve_grade char(3),
  bought_for price,
  asking price default 9.99,
  bought_on date not null default current_date,
  sold boolean not null default false,
  photo_ids uuid[] not null default '{}',
  remarks varchar,
  constraint copy_margin check (asking >= bought_for * 0.5) no inherit
);
alter table copy add constraint copy_grade_of_sleeve check (sleeve_grade is null or length(sleeve_grade) <= 3) not valid;
create index copy_unsold on copy (pressing_id, asking) where not sold;
create index copy_bought on copy using brin (bought_on) with (pages_per_range = 32, autosummarize = on);

create table customer (
  id serial,
  email email_address,
  name varchar(120) not null,
  phone varchar(30),
  born_on date,
  address postal_address,
  other_addresses postal_address[],
  newsletter boolean not null default true,
  discount numeric(3,2) not null default 0,
  login_from inet,
  created timestamp(0) without time zone not null default localtimestamp(0),
  constraint pk_customer primary key (id) include (name) with (fillfactor = 95),
  constraint uq_customer_email unique nulls not distinct (email)
);

create index on customer (((address).postcode), ((address).city) desc);
alter table customer add constraint customer_abroad check ((address).country <> 'DE' or (address).postcode ~ '^[0-9]{5}$') not valid;

create table basket (
  token uuid primary key default gen_random_uuid(),
  customer_id integer references customer on delete cascade,
  content jsonb not null default '[]',
  ends timestamptz(0) not null default (now() + interval '14 days')
);

create unlogged table visit (
  id bigserial,
  at timestamp with time zone default clock_timestamp(),
  address inet,
  path text,
  agent text
);

create table "order" (
  id serial primary key,
  number text not null default next_invoice_number() unique,
  customer_id integer not null references customer on update restrict on delete restrict,
  state order_state not null default 'basket',
  placed timestamptz,
  ship_to postal_address,
  total price,
  paid_states order_state[] not null default '{paid,picked,shipped}'::order_state[],
  gift_note text check (gift_note is null or char_length(gift_note) <= 500),
  constraint order_placed_when_not_basket check ((state = 'basket') = (placed is null))
);
alter table "order" replica identity full;
comment on table "order" is 'The quotes were a mistake that we live with.';
create index order_open on "order" (placed) where state in ('placed', 'paid', 'picked');

create table order_line (
  order_id integer not null references "order" on delete cascade,
  line smallint not null,
  copy_id bigint not null,
  quantity smallint not null default 1 check (quantity > 0),
  unit_price price,
  amount numeric(10,2) generated always as (round(quantity * unit_price, 2)) stored,
  primary key (order_id, line),
  constraint order_line_copy unique (copy_id) deferrable initially immediate,
  constraint order_line_copy_fk foreign key (copy_id) references copy (id) match full deferrable initially deferred
);

create table parcel (
  id serial primary key,
  order_id integer not null,
  carrier varchar(20) not null default 'post',
  tracking varchar(40),
  weight_g integer,
  sent timestamptz,
  constraint parcel_tracking_key unique (carrier, tracking)
);
alter table parcel add constraint parcel_order_fk foreign key (order_id) references "order" (id) not valid;

create table parcel_content (
  parcel_id integer not null references parcel on delete cascade,
  order_id integer not null,
  line smallint not null,
  primary key (parcel_id, order_id, line),
  foreign key (order_id, line) references order_line (order_id, line) match full on update cascade on delete cascade
);

create table refund (
  id serial primary key,
  order_id integer not null,
  line smallint,
  amount money not null,
  reason text,
  at timestamptz not null default now(),
  foreign key (order_id, line) references order_line on delete set null (line)
);

create table supplier (
  id serial primary key,
  name varchar(100) not null,
  iban varchar(34),
  contact_mail email_address,
  opening_hours time[] default '{09:00,17:00}',
  holiday daterange,
  reorder_on smallint default 1 check (reorder_on between 1 and 7)
);

create table purchase (
  id serial primary key,
  supplier_id integer not null references supplier on delete restrict,
  ordered date not null default current_date,
  arrives daterange,
  freight numeric(6,2),
  primary_line_id integer
);
create table purchase_line (
  id serial primary key,
  purchase_id integer not null references purchase on delete cascade,
  pressing_id integer references pressing on delete set default,
  quantity integer not null default 1,
  unit_cost numeric(12,4) not null
);
alter table purchase add constraint purchase_primary_line_fk foreign key (primary_line_id) references purchase_line on delete set null;

create table review (
  id serial primary key,
  album_id integer not null references album on delete cascade,
  customer_id integer references customer on delete set null,
  stars rating not null,
  body text,
  written timestamptz default now(),
  hidden_reason text
);
create unique index review_one_each on review (album_id, customer_id) where hidden_reason is null;
create index review_best on review (stars desc, written desc nulls first);

create table staff (
  id serial primary key,
  name varchar(80) not null,
  boss_id integer references staff,
  pin bit(16),
  rights bit varying(64) not null default b'0',
  shift timetz,
  hired date not null,
  left_on date,
  check (left_on is null or left_on > hired)
);

create table till_count (
  day date not null,
  staff_id integer not null references staff,
  coins integer[8],
  notes integer[][],
  total money not null default 0::money,
  primary key (day, staff_id)
);

create table price_change (
  copy_id bigint not null,
  at timestamptz not null default now(),
  old_price numeric(8,2),
  new_price numeric(8,2),
  by_role name not null default current_user
);

create table setting (
  key varchar(60) primary key,
  value json,
  changed timestamptz default statement_timestamp()
);
comment on column setting.value is E'Whatever the program wants.\nOften a string with ''quotes''.';

create table t_shirt (
  "größe" varchar(4) not null,
  "Farbe" text not null default 'schwarz' collate "C",
  "motiv/rückseite" text,
  stock smallint not null default 0,
  constraint "t_shirt pk" primary key ("größe", "Farbe"),
  constraint "nur übliche Größen" check ("größe"::text = any (array['S', 'M', 'L', 'XL']))
);
comment on column t_shirt."größe" is 'Größe: ein Aushilfsprogrammierer war da. 👕';

create procedure sell(buyer integer, variadic copies bigint[])
  language plpgsql
as $$
declare
  made integer;
begin
  insert into public."order" (customer_id, state, placed, total) values (buyer, 'paid', now(), 0) returning id into made;
  insert into public.order_line (order_id, line, copy_id, unit_price)
  select made, u.n, c.id, c.asking from unnest(copies) with ordinality u (id, n) join public.copy c on c.id = u.id;
end
$$;
comment on procedure sell(integer, bigint[]) is 'Over the counter.';

create function display_name(a artist) returns text
  language sql stable
  as $$ select case when a.is_group then a.name else a.name || coalesce(' (b. ' || extract(year from a.born) || ')', '') end $$;

create function copies_of(album_id integer, max_price numeric default null, grades variadic text[] default '{M,NM}')
  returns setof copy
  language sql stable rows 20
  as $$
    select c.* from public.copy c join public.pressing p on p.id = c.pressing_id
    where p.album_id = $1 and (max_price is null or c.asking <= max_price) and c.grade = any (grades) and not c.sold
  $$;

create function stock_value(out copies bigint, out value numeric) language sql stable
  as $$ select count(*), sum(asking) from public.copy where not sold $$;

create function log_price_change() returns trigger language plpgsql as $$
begin
  insert into public.price_change (copy_id, old_price, new_price) values (new.id, old.asking, new.asking);
  return new;
end
$$;
create function mark_sold() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update copy set sold = true where id = new.copy_id;
  return null;
end
$$;
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% of % is not allowed', tg_op, tg_table_name;
end
$$;

create trigger copy_price after update of asking on copy
  for each row when (old.asking is distinct from new.asking) execute function log_price_change();
create trigger order_line_sold after insert on order_line for each row execute function mark_sold();
create trigger price_change_is_final before update or delete or truncate on price_change
  for each statement execute function refuse_change();
comment on trigger copy_price on copy is 'Only real changes.';
alter table price_change disable trigger price_change_is_final;

create view in_stock as
  select p.id as pressing_id, a.title, ar.name as artist, p.format, count(c.id) as copies, min(c.asking) as cheapest
  from pressing p
  join album a on a.id = p.album_id
  join artist ar on ar.id = a.artist_id
  left join copy c on c.pressing_id = p.id and not c.sold
  group by p.id, a.title, ar.name
  having count(c.id) > 0;
comment on view in_stock is 'What the website lists.';
comment on column in_stock.cheapest is 'In euro.';

create view bargains (pressing, what, price) as
  select pressing_id, artist || ' - ' || title, cheapest from in_stock where cheapest < 5 order by cheapest, title;

create view vinyl as
  select id, album_id, format, catalogue_number, ean, released, rpm from pressing
  where format in ('LP', 'EP', '7"', '10"', '12" single')
  with local check option;

create materialized view monthly_sales as
  select date_trunc('month', o.placed) as month, count(*) as orders, sum(l.amount) as turnover
  from "order" o join order_line l on l.order_id = o.id
  where o.state <> all (array['basket'::order_state, 'cancelled'::order_state])
  group by 1;
create unique index monthly_sales_month on monthly_sales (month);
