-- A payment ledger: parties, accounts and double entry, cards, transfers, disputes, risk, settlement and reports.
--
-- A company of several teams in one database, one schema each. The one to show: many schemas that point at one
-- another, domains upon domains, numerics of every scale, partitions by range with sub-partitions by list and hash,
-- keys from and to partitioned tables, exclusion over validity, constraints that wait for the end of the transaction,
-- constraint triggers, functions in defaults, checks, generated columns and indexes, and settings of storage.

create schema core;
create schema party;
create schema ledger;
create schema payments;
create schema cards;
create schema risk;
create schema settlement;
create schema reporting;
create schema audit;
comment on schema core is 'What every team uses; changed by agreement.';
comment on schema party is 'Who: people, companies, and how well we know them.';
comment on schema ledger is 'Double entry. Nothing here is ever updated.';
comment on schema audit is 'Written by triggers only.';

-- core ------------------------------------------------------------------------------------------------------------

create domain core.currency_code as char(3) collate "C" constraint currency_code_shape check (value ~ '^[A-Z]{3}$');
create domain core.amount as numeric(20,4) constraint amount_finite check (value <> 'NaN'::numeric);
create domain core.positive_amount as core.amount constraint positive check (value > 0);
create domain core.basis_points as smallint default 0 not null check (value between -10000 and 10000);
create domain core.country as char(2) check (value ~ '^[A-Z]{2}$');
create domain core.reference as varchar(35) check (value <> '') check (value !~ '[^A-Za-z0-9/?:().,''+ -]');
create domain core.validity as daterange default daterange('-infinity', 'infinity') not null check (not isempty(value));
create domain core.millionths as bigint;
create domain core.amounts as numeric(20,4)[] check (array_position(value, null) is null);
comment on domain core.amount is 'Four decimals, so that no currency is rounded before the last step.';
comment on constraint amount_finite on domain core.amount is 'NaN equals itself in Postgres, and sorts last.';

create type core.money_amount as (amount core.amount, currency core.currency_code);
create type core.money_change as (before core.money_amount, after core.money_amount);
create type core.direction as enum ('debit', 'credit');
create type core.weekday as enum ('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun');
comment on type core.money_amount is 'An amount is nothing without its currency.';
comment on type core.direction is 'As seen from the account.';
comment on column core.money_change.before is 'Null when it is new.';

create sequence core.event_no as bigint start with 1 increment by 1 no minvalue no maxvalue cache 1000;
create sequence core.cycle_no as smallint minvalue 1 maxvalue 99 cycle;
create sequence core.reverse_no increment by -5 maxvalue 0 minvalue -500 start with -5 cycle;

create function core.luhn(digits text) returns smallint language plpgsql immutable strict parallel safe cost 30 as $$
declare
  total integer := 0;
  digit integer;
begin
  for i in reverse length(digits)..1 loop
    digit := substr(digits, i, 1)::integer * case when (length(digits) - i) % 2 = 0 then 2 else 1 end;
    total := total + digit / 10 + digit % 10;
  end loop;
  return (10 - total % 10) % 10;
end
$$;
create function core.iban_is_valid(iban text) returns boolean language plpgsql immutable strict parallel safe as $$
declare
  moved text := substr(iban, 5) || left(iban, 4);
  digits text := '';
begin
  for i in 1..length(moved) loop
    digits := digits || case when substr(moved, i, 1) ~ '[0-9]' then substr(moved, i, 1) else (ascii(substr(moved, i, 1)) - 55)::text end;
  end loop;
  return digits::numeric % 97 = 1;
end
$$;
create domain core.iban as varchar(34) constraint iban_check_digits check (core.iban_is_valid(value::text));
create function core.short_id(prefix text default 'x', length integer default 12) returns text
  language sql volatile parallel safe
  return prefix || '_' || left(replace(gen_random_uuid()::text, '-', ''), length);
create function core.signed(amount numeric, direction core.direction) returns numeric
  language sql immutable strict parallel safe
  return case direction when 'debit'::core.direction then - amount else amount end;
create function core.signed(value core.money_amount, direction core.direction) returns numeric
  language sql immutable parallel safe return core.signed((value).amount, direction);
create function core.coalesce_all(variadic anyarray) returns anyelement language sql immutable parallel safe
  as $$ select v from unnest($1) with ordinality u (v, n) where v is not null order by n limit 1 $$;
create function core.month_of(timestamptz) returns date language sql immutable strict parallel safe
  as $$ select (date_trunc('month', $1 at time zone 'UTC'))::date $$;
create function core.forbid() returns trigger language plpgsql as $$
begin
  raise exception '% is never allowed on %.%', lower(tg_op), tg_table_schema, tg_table_name using errcode = 'insufficient_privilege';
end
$$;
create function core.stamp() returns trigger language plpgsql as $$
begin
  new.updated_at := clock_timestamp();
  new.version := old.version + 1;
  return new;
end
$$;
comment on function core.signed(numeric, core.direction) is 'Credits are positive.';
comment on function core.signed(core.money_amount, core.direction) is 'The same for a pair.';
comment on function core.coalesce_all(anyarray) is 'The first that is there.';

create table core.currency (
  code core.currency_code primary key,
  number numeric(3,0) not null unique,
  decimals smallint not null default 2 check (decimals between 0 and 4),
  name varchar(60) not null,
  smallest core.amount generated always as (power(10::numeric, (- decimals)::numeric)) stored
);
create table core.country_info (code core.country primary key, name text not null, sepa boolean not null default false, numbers int4range, neighbours core.country[]);
create table core.calendar (id smallint generated always as identity primary key, name varchar(30) not null unique, weekend core.weekday[] not null default '{sat,sun}'::core.weekday[]);
create table core.holiday (calendar_id smallint not null references core.calendar on delete cascade, day date not null, name text, primary key (calendar_id, day));
create table core.exchange_rate (
  base core.currency_code not null references core.currency,
  quote core.currency_code not null references core.currency on update cascade,
  valid tstzrange not null,
  rate numeric(20,10) not null check (rate > 0),
  inverse numeric generated always as (round(1.0 / rate, 10)) stored,
  rounded numeric(6,-2) generated always as (rate * 10000) stored,
  tiny numeric(3,5),
  check (base::text <> quote::text),
  primary key (base, quote, valid)
);
create index exchange_rate_now on core.exchange_rate (base, quote) include (rate) where upper_inf(valid);
create index exchange_rate_valid on core.exchange_rate using gist (valid);
create table core.setting (name text collate "C" primary key, value jsonb not null, secret boolean not null default false, check (not secret or value = '"***"'::jsonb));
create table audit.setting (name text primary key, value boolean not null default false);
create table core.feature (name text primary key, enabled_for uuid[] not null default array[]::uuid[], percent real default 0, rollout numrange);
create table core.idempotency_key (key uuid, scope text, answer jsonb, status smallint, created timestamptz default now(), primary key (scope, key)) with (fillfactor = 50, autovacuum_vacuum_insert_scale_factor = 0.1);
create table core.outbox (
  no bigint not null default nextval('core.event_no'), topic text not null, body jsonb not null, headers json,
  created timestamptz not null default statement_timestamp(), sent timestamptz,
  constraint outbox_pk primary key (no));
alter table core.outbox replica identity using index outbox_pk;
create index outbox_unsent on core.outbox (no) where sent is null;
create table core.migration (version bigint primary key, dirty boolean not null);
alter sequence core.cycle_no owned by core.calendar.id;

-- party -----------------------------------------------------------------------------------------------------------

create type party.kind as enum ('person', 'company', 'sole trader', 'public body');
create type party.kyc_state as enum ('none', 'started', 'passed', 'failed', 'expired');
create type party.address as (lines text[], postcode varchar(12), city text, country core.country);

create table party.party (
  id uuid primary key default gen_random_uuid(),
  kind party.kind not null,
  display_name text not null,
  kyc party.kyc_state not null default 'none',
  country core.country references core.country_info (code) on delete restrict,
  referred_by uuid references party.party on delete set null,
  primary_account_id bigint,
  tags text[] not null default '{}',
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (id, kind)
);
comment on table party.party is 'Whoever can owe or own.';
create index party_name on party.party (lower(display_name) text_pattern_ops);
create index party_name_words on party.party using gin (to_tsvector('simple', display_name));
create index party_tags on party.party using gin (tags);
create table party.person (
  party_id uuid primary key,
  kind party.kind not null default 'person' check (kind = any (array['person', 'sole trader']::party.kind[])),
  given_names text[] not null, family_name text collate "C" not null, born date not null, died date,
  constraint person_party_fk foreign key (party_id, kind) references party.party (id, kind) match full on update cascade on delete cascade,
  constraint person_dates check (died is null or died >= born)
);
create table party.company (
  party_id uuid primary key, kind party.kind not null default 'company' check (kind not in ('person', 'sole trader')),
  legal_name text not null, register_no text, vat_no varchar(14), founded date, lei char(20),
  foreign key (party_id, kind) references party.party (id, kind) on delete cascade,
  constraint company_register unique nulls not distinct (register_no, vat_no)
);
create table party.ownership (
  owner_id uuid not null references party.party on delete cascade, company_id uuid not null references party.company on delete cascade,
  share numeric(5,4) not null check (share > 0 and share <= 1), valid core.validity,
  primary key (owner_id, company_id, valid), check (owner_id <> company_id));
create table party.address_book (party_id uuid references party.party on delete cascade, purpose text default 'post', address party.address not null, previous party.address[], valid core.validity, primary key (party_id, purpose));
create table party.contact (id bigint generated by default as identity primary key, party_id uuid not null references party.party on delete cascade, email text, phone varchar(20), fax varchar(20), preferred boolean not null default false, check (coalesce(email, phone) is not null));
alter table party.contact drop column fax;
create unique index contact_one_preferred on party.contact (party_id) where preferred;
create table party.document (
  id uuid default gen_random_uuid(), party_id uuid not null, kind text not null, scan bytea, sha256 bytea, expires date, meta xml,
  constraint document_pk primary key (id), constraint document_party_fk foreign key (party_id) references party.party (id) on delete restrict,
  constraint document_sha check (octet_length(sha256) = 32));
alter table party.document alter column scan set storage external;
alter table party.document alter column meta set compression pglz;
create index document_sha on party.document using hash (sha256);
create table party.kyc_check (id bigserial primary key, party_id uuid not null references party.party, provider text not null, state party.kyc_state not null default 'started', answer jsonb, at timestamptz(3) not null default now());
create index kyc_check_latest on party.kyc_check (party_id, at desc nulls last) include (state);
create table party.consent (party_id uuid references party.party on delete cascade, purpose varchar(40), given tstzmultirange not null default '{}', primary key (party_id, purpose));
create table party.note (id bigserial, party_id uuid references party.party on delete cascade, author name default session_user, body text not null, at timestamptz default now());
create table party.merge (loser uuid primary key references party.party, winner uuid not null references party.party deferrable initially deferred, at timestamptz not null default now(), check (loser <> winner));
create table party.login (party_id uuid not null references party.party on delete cascade, username varchar(40) primary key, secret bytea not null, failures smallint not null default 0, locked_until timestamptz, from_networks cidr[] default '{0.0.0.0/0,::/0}');
create trigger party_stamp before update on party.party for each row when (old.* is distinct from new.*) execute function core.stamp();

-- ledger ----------------------------------------------------------------------------------------------------------

create type ledger.account_class as enum ('asset', 'liability', 'equity', 'income', 'expense');
create type ledger.account_state as enum ('open', 'frozen', 'closed');
create table ledger.book (id smallint generated always as identity (start with 1) primary key, name text not null unique, currency core.currency_code not null references core.currency, closed_until date not null default '-infinity'::date);
create table ledger.chart (
  book_id smallint not null references ledger.book on delete cascade,
  code varchar(10) collate "C" not null check (code ~ '^[0-9]+(\.[0-9]+)*$'),
  parent_code varchar(10) collate "C",
  class ledger.account_class not null, title text not null,
  depth integer generated always as (array_length(string_to_array((code)::text, '.'), 1)) stored,
  primary key (book_id, code),
  constraint chart_parent foreign key (book_id, parent_code) references ledger.chart (book_id, code) on update cascade on delete set null (parent_code) deferrable initially immediate
);
create table ledger.account (
  id bigint generated always as identity (sequence name ledger.account_number start with 1000000007 increment by 7 minvalue 1000000000 cache 5),
  book_id smallint not null,
  chart_code varchar(10) collate "C" not null,
  owner_id uuid references party.party on delete restrict,
  currency core.currency_code not null references core.currency,
  iban core.iban,
  state ledger.account_state not null default 'open',
  limits core.money_amount[] default array[]::core.money_amount[],
  overdraft core.amount not null default 0 check (overdraft >= 0),
  opened date not null default current_date,
  closed date,
  check_digit smallint generated always as (core.luhn((id)::text)) stored,
  version integer not null default 1,
  updated_at timestamptz,
  constraint account_pk primary key (id) with (fillfactor = 100),
  constraint account_chart_fk foreign key (book_id, chart_code) references ledger.chart (book_id, code) on update cascade,
  constraint account_iban_uq unique (iban),
  constraint account_currency_uq unique (id, currency),
  constraint account_closed_state check ((state = 'closed') = (closed is not null))
) with (fillfactor = 90);
alter table party.party add constraint party_primary_account_fk foreign key (primary_account_id) references ledger.account on delete set null deferrable initially deferred;
comment on column ledger.account.iban is 'Only those that the outside sees.';
comment on constraint account_currency_uq on ledger.account is 'For entries: the currency is the account''s.';
comment on sequence ledger.account_number is 'Steps of seven, so that a slip of one digit is no account.';
create index account_owner on ledger.account (owner_id, opened desc) where state <> 'closed'::ledger.account_state;
create trigger account_stamp before update of state, overdraft, limits on ledger.account for each row execute function core.stamp();
create table ledger.account_rule (
  account_id bigint not null references ledger.account on delete cascade, rule text not null, value core.money_amount, valid daterange not null,
  constraint account_rule_no_overlap exclude using gist (int8range(account_id, account_id, '[]') with =, valid with &&) where (rule = 'limit'));
create table ledger.period (
  book_id smallint not null references ledger.book, name char(7) not null, days daterange not null, closed_at timestamptz,
  primary key (book_id, name),
  constraint period_no_overlap exclude using gist (int4range(book_id, book_id, '[]') with =, days with &&) deferrable initially deferred);
create table ledger.journal (
  id bigint generated always as identity, booked_on date not null default current_date,
  book_id smallint not null references ledger.book,
  reference core.reference, narrative text not null default '', source jsonb,
  reverses_id bigint, reverses_on date,
  posted_at timestamptz not null default transaction_timestamp(),
  constraint journal_pk primary key (booked_on, id),
  constraint journal_reverses_fk foreign key (reverses_on, reverses_id) references ledger.journal (booked_on, id) match full
) partition by range (booked_on);
comment on table ledger.journal is 'A year each; the default catches what the job forgot.';
create table ledger.journal_2024 partition of ledger.journal for values from ('2024-01-01') to ('2025-01-01') with (fillfactor = 100);
create table ledger.journal_2025 partition of ledger.journal for values from ('2025-01-01') to ('2026-01-01');
create table ledger.journal_2026 (like ledger.journal including defaults including identity including constraints);
alter table ledger.journal_2026 alter column id drop identity;
alter table ledger.journal_2026 add constraint journal_2026_days check (booked_on >= '2026-01-01' and booked_on < '2027-01-01');
alter table ledger.journal attach partition ledger.journal_2026 for values from ('2026-01-01') to ('2027-01-01');
create table ledger.journal_default partition of ledger.journal default;
create unique index journal_reference on ledger.journal (book_id, reference, booked_on) where reference is not null;
create index journal_source on ledger.journal using gin (source jsonb_path_ops);
create table ledger.entry (
  booked_on date not null, journal_id bigint not null, line smallint not null,
  account_id bigint not null, currency core.currency_code not null,
  direction core.direction not null, amount core.positive_amount not null,
  signed core.amount generated always as (core.signed((amount)::numeric, direction)) stored,
  memo varchar(140),
  constraint entry_pk primary key (booked_on, journal_id, line),
  constraint entry_journal_fk foreign key (booked_on, journal_id) references ledger.journal on delete cascade,
  constraint entry_account_fk foreign key (account_id, currency) references ledger.account (id, currency) on update restrict
) partition by range (booked_on);
create table ledger.entry_2025 partition of ledger.entry for values from ('2025-01-01') to ('2026-01-01') partition by hash (journal_id);
create table ledger.entry_2025_0 partition of ledger.entry_2025 for values with (modulus 3, remainder 0);
create table ledger.entry_2025_1 partition of ledger.entry_2025 for values with (modulus 3, remainder 1);
create table ledger.entry_2025_2 partition of ledger.entry_2025 for values with (modulus 3, remainder 2);
create table ledger.entry_2026 partition of ledger.entry for values from ('2026-01-01') to ('2027-01-01') partition by hash (journal_id);
create table ledger.entry_2026_0 partition of ledger.entry_2026 for values with (modulus 2, remainder 0) with (autovacuum_vacuum_scale_factor = 0.01);
create table ledger.entry_2026_1 partition of ledger.entry_2026 for values with (modulus 2, remainder 1) with (autovacuum_vacuum_scale_factor = 0.01);
create table ledger.entry_before partition of ledger.entry for values from (minvalue) to ('2025-01-01');
create index entry_account on ledger.entry (account_id, booked_on desc) include (signed);
create index entry_before_days on ledger.entry_before using brin (booked_on) with (pages_per_range = 8);
create index entry_booked on only ledger.entry using brin (booked_on) with (pages_per_range = 8);
create index on ledger.entry_2025 using brin (booked_on) with (pages_per_range = 8);
create index on ledger.entry_2026 using brin (booked_on) with (pages_per_range = 8);
alter index ledger.entry_booked attach partition ledger.entry_before_days;
alter index ledger.entry_booked attach partition ledger.entry_2025_booked_on_idx;
alter index ledger.entry_booked attach partition ledger.entry_2026_booked_on_idx;
create index entry_before_memo on ledger.entry_before (memo varchar_pattern_ops) where memo is not null;
comment on index ledger.entry_account is 'Statements and balances.';
comment on column ledger.entry.signed is 'Credits are positive.';
create table ledger.balance (account_id bigint not null references ledger.account, day date not null, closing core.amount not null default 0.0000, primary key (account_id, day)) with (autovacuum_analyze_threshold = 1000);
create table ledger.hold (
  id text primary key default core.short_id('hold'::text), account_id bigint not null references ledger.account, amount core.positive_amount not null,
  during tstzrange not null default tstzrange(now(), now() + interval '7 days'), released boolean not null default false);
create index hold_open on ledger.hold using gist (during) where not released;
create table ledger.statement (account_id bigint not null references ledger.account, number integer not null, days daterange not null, opening core.amount, closing core.amount, pdf bytea, primary key (account_id, number), exclude using gist (int8range(account_id, account_id, '[]') with =, days with &&));
create table ledger.standing_order (id bigint generated by default as identity primary key, from_account bigint not null references ledger.account, to_iban core.iban not null, amount core.money_amount not null, every interval month not null default '1 mon', at_time time(0) default '06:00', next_on date, check ((amount).amount::numeric > 0));

create function ledger.check_balanced() returns trigger language plpgsql as $$
begin
  if exists (select from ledger.entry e where (e.booked_on, e.journal_id) = (new.booked_on, new.journal_id)
             group by e.currency having sum(e.signed::numeric) <> 0) then
    raise exception 'journal % of % does not balance', new.journal_id, new.booked_on using errcode = 'check_violation';
  end if;
  return null;
end
$$;
create function ledger.check_period_open() returns trigger language plpgsql stable as $$
begin
  if new.booked_on <= (select b.closed_until from ledger.book b where b.id = new.book_id) then
    raise exception 'the books are closed until then';
  end if;
  return new;
end
$$;
create constraint trigger entry_balanced after insert on ledger.entry deferrable initially deferred for each row execute function ledger.check_balanced();
create trigger journal_period before insert on ledger.journal for each row execute function ledger.check_period_open();
create trigger journal_final before update or delete on ledger.journal for each row execute function core.forbid();
create trigger entry_no_truncate before truncate on ledger.entry for each statement execute function core.forbid();
create trigger entry_before_final before insert on ledger.entry_before for each row execute function core.forbid();
comment on trigger entry_balanced on ledger.entry is 'At commit.';

-- payments --------------------------------------------------------------------------------------------------------

create type payments.state as enum ('created', 'authorised', 'submitted', 'settled', 'rejected', 'returned');
create type payments.scheme as enum ('sepa-ct', 'sepa-inst', 'sepa-dd', 'swift', 'internal');
create table payments.batch (id bigint generated always as identity primary key, scheme payments.scheme not null, cut_off timestamptz not null, file text, totals core.amounts not null default '{}', control_sum core.amount);
create table payments.transfer (
  id uuid not null default gen_random_uuid(), region text not null default 'eu', created_at timestamptz not null default now(),
  scheme payments.scheme not null, state payments.state not null default 'created',
  from_account bigint references ledger.account, to_account bigint references ledger.account,
  creditor_iban core.iban, creditor_name varchar(70),
  instructed core.money_amount not null,
  fee_bps core.basis_points, batch_id bigint references payments.batch on delete set null,
  booked_on date, journal_id bigint,
  month date generated always as (core.month_of(created_at)) stored,
  constraint transfer_pk primary key (region, created_at, id),
  constraint transfer_journal_fk foreign key (booked_on, journal_id) references ledger.journal (booked_on, id) match full,
  constraint transfer_target check (num_nonnulls(to_account, creditor_iban) = 1)
) partition by list (region);
create table payments.transfer_eu partition of payments.transfer for values in ('eu') partition by range (created_at);
create table payments.transfer_eu_2025 partition of payments.transfer_eu for values from ('2025-01-01 00:00:00+00') to ('2026-01-01 00:00:00+00');
create table payments.transfer_eu_2026 partition of payments.transfer_eu for values from ('2026-01-01 00:00:00+00') to ('2027-01-01 00:00:00+00');
create table payments.transfer_eu_default partition of payments.transfer_eu default;
create table payments.transfer_uk partition of payments.transfer for values in ('uk', 'gi');
create table payments.transfer_other partition of payments.transfer for values in (null, 'us', 'ca', 'au') partition by range (created_at, id);
create table payments.transfer_other_early partition of payments.transfer_other for values from (minvalue, minvalue) to ('2026-01-01 00:00:00+00', minvalue);
create table payments.transfer_other_late partition of payments.transfer_other for values from ('2026-01-01 00:00:00+00', minvalue) to (maxvalue, maxvalue);
create table payments.transfer_default partition of payments.transfer default;
create index transfer_state on payments.transfer (state, created_at) where state not in ('settled', 'rejected');
create index transfer_creditor on payments.transfer (creditor_iban) include (creditor_name);
create table payments.transfer_event (
  region text not null, created_at timestamptz not null, transfer_id uuid not null, no smallint not null default 1,
  state payments.state not null, reason varchar(4), at timestamptz not null default clock_timestamp(),
  primary key (region, created_at, transfer_id, no),
  constraint transfer_event_fk foreign key (region, created_at, transfer_id) references payments.transfer (region, created_at, id) on delete cascade);
create table payments.mandate (id core.reference primary key, creditor_id uuid not null references party.party, debtor_iban core.iban not null, signed date not null, valid core.validity, sequence char(4) not null default 'FRST' check (sequence in ('FRST', 'RCUR', 'FNAL', 'OOFF')), last_used date);
create table payments.direct_debit (id uuid primary key default gen_random_uuid(), mandate_id core.reference not null references payments.mandate on update cascade on delete restrict, amount core.positive_amount not null, due date not null default (current_date + 5), unique (mandate_id, due));
create table payments.invoice (id text primary key default core.short_id('in', 16), party_id uuid not null references party.party, issued date default current_date, due date, total core.money_amount, paid boolean not null default false, constraint invoice_due check (due >= issued) not valid);
create table payments.invoice_line (invoice_id text references payments.invoice on delete cascade, line smallint, quantity numeric(12,3) not null default 1, unit_price numeric(18,6) not null, tax_percent numeric(4,2) not null default 0, net numeric(18,2) generated always as (round(quantity * unit_price, 2)) stored, primary key (invoice_id, line));
create table payments.allocation (invoice_id text not null references payments.invoice, region text, created_at timestamptz, transfer_id uuid, amount core.amount not null, foreign key (region, created_at, transfer_id) references payments.transfer on update cascade on delete set null);
create table payments.webhook (id uuid primary key default gen_random_uuid(), party_id uuid not null references party.party on delete cascade, url text not null, events text[] not null, secret_hash bytea, active boolean not null default true);
create table payments.webhook_try (webhook_id uuid references payments.webhook on delete cascade, at timestamptz default now(), status smallint, took interval second(3), primary key (webhook_id, at));
create table payments.fee_plan (id smallserial primary key, name text not null unique, scheme payments.scheme[] not null default '{internal,sepa-ct}', steps numrange[] default '{"[0,1000)","[1000,)"}'::numrange[], matrix numeric(6,3)[][] );
create table payments.fee_plan_party (plan_id smallint not null references payments.fee_plan on delete restrict, party_id uuid not null references party.party on delete cascade, valid core.validity, discount real default 0.0::real, primary key (party_id, plan_id));
create table payments.payout (id bigserial primary key, party_id uuid not null references party.party, amount core.money_amount not null, arrives date not null, state payments.state not null default 'created'::payments.state);
create table payments.link (code char(8) primary key default upper(left(md5(random()::text), 8)), party_id uuid references party.party on delete cascade, amount core.money_amount, uses int4 not null default 0, max_uses int4, check (max_uses is null or uses <= max_uses));
create table payments.return_reason (code char(4) primary key, text text not null, final boolean not null default true);
alter table payments.transfer_event add constraint transfer_event_reason_fk foreign key (reason) references payments.return_reason (code) not valid;
create table payments.bank (bic varchar(11) primary key check (bic ~ '^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$'), name text, country core.country, reachable payments.scheme[]);

-- cards -----------------------------------------------------------------------------------------------------------

create type cards.brand as enum ('visa', 'mastercard', 'amex', 'girocard');
create type cards.auth_state as enum ('approved', 'declined', 'reversed', 'captured');
create table cards.product (code varchar(12) primary key, brand cards.brand not null, title text not null, colours char(6)[] default '{000000,ffffff}', yearly numeric(6,2) default 0.00);
create table cards.card (
  id uuid primary key default gen_random_uuid(), product_code varchar(12) not null references cards.product on update cascade,
  account_id bigint not null references ledger.account, holder_id uuid not null references party.person on delete restrict,
  last4 char(4) not null check (last4 ~ '^\d{4}$'), expires date not null, pin_tries smallint default 0, flags bit(8) not null default B'00000001', chip bit varying(32) default b'101',
  replaces_id uuid references cards.card on delete set null, blocked_at timestamptz, blocked_why text,
  constraint card_blocked check ((blocked_at is null) = (blocked_why is null)),
  constraint card_replaces_once unique (replaces_id) deferrable initially deferred);
create index card_account on cards.card (account_id) with (fillfactor = 60, deduplicate_items = off);
create index card_expires on cards.card (date_part('year', expires), date_part('month', expires)) where blocked_at is null;
create table cards.token (id bigint generated always as identity, card_id uuid not null references cards.card on delete cascade, wallet text not null, device macaddr, number_hash bytea unique, primary key (card_id, id));
create table cards.terminal (id char(8) primary key, merchant_id uuid references party.company on delete set null, place point, address inet, mac macaddr8, opened date);
create index terminal_place on cards.terminal using gist (place);
create index terminal_place_quad on cards.terminal using spgist (place kd_point_ops);
create table cards.merchant_category (code numeric(4) primary key, title text not null, risky boolean default false);
create table cards.authorisation (
  at timestamptz not null default now(), id bigint not null default nextval('core.event_no'::regclass), card_id uuid not null references cards.card,
  terminal_id char(8) references cards.terminal on delete set default, mcc numeric(4) references cards.merchant_category,
  amount core.money_amount not null, state cards.auth_state not null, hold_id text references ledger.hold, raw jsonb,
  primary key (at, id)) partition by range (at);
create table cards.authorisation_2025 partition of cards.authorisation for values from ('2025-01-01 00:00+00') to ('2026-01-01 00:00+00');
create table cards.authorisation_2026 partition of cards.authorisation for values from ('2026-01-01 00:00+00') to ('2027-01-01 00:00+00');
alter table cards.authorisation_2026 alter column raw set storage main;
alter table cards.authorisation_2026 alter column state set default 'approved';
create index on cards.authorisation (card_id, at desc);
create table cards.clearing (id bigserial primary key, auth_at timestamptz, auth_id bigint, amount core.money_amount, presented date not null default current_date, foreign key (auth_at, auth_id) references cards.authorisation (at, id) on delete restrict);
create table cards.dispute (id bigint generated always as identity primary key, clearing_id bigint not null references cards.clearing, reason varchar(10) not null, stage smallint not null default 1 check (stage in (1, 2, 3)), opened date default current_date, answer_by date generated always as (opened + 45) stored, won boolean);
create unique index dispute_one_open on cards.dispute (clearing_id) where won is null;
create table cards.dispute_evidence (dispute_id bigint not null references cards.dispute on delete cascade, no smallint not null, file bytea not null, said text, primary key (dispute_id, no));
create table cards.spending_limit (card_id uuid not null references cards.card on delete cascade, per interval not null default '1 day', amount core.amount not null, weekdays core.weekday[] default array['mon', 'tue', 'wed', 'thu', 'fri']::core.weekday[], hours int4multirange default int4multirange(int4range(8, 20)));

create function cards.is_usable(c cards.card) returns boolean language sql stable
  return c.blocked_at is null and c.expires >= current_date and c.pin_tries < 3;
create function cards.authorise(card uuid, amount core.money_amount, terminal char default null, out approved boolean, out reason text)
  language plpgsql security definer set search_path = cards, ledger, core, pg_temp set lock_timeout = '2s' as $$
declare
  chosen cards.card;
begin
  select * into strict chosen from cards.card c where c.id = card for update;
  approved := cards.is_usable(chosen);
  reason := case when not approved then 'blocked' end;
  insert into cards.authorisation (card_id, terminal_id, amount, state)
  values (card, terminal, amount, case when approved then 'approved' else 'declined' end::cards.auth_state);
exception
  when no_data_found then
    approved := false;
    reason := 'unknown';
end
$$;
comment on function cards.authorise(uuid, core.money_amount, char) is 'Within two seconds, or not at all.';

-- risk ------------------------------------------------------------------------------------------------------------

create type risk.verdict as enum ('allow', 'challenge', 'review', 'block');
create type risk.hit as (rule text, score numeric(5,2), detail jsonb);
create table risk.rule (
  id integer generated by default as identity (start with 100 increment by 10) primary key, name text not null, expression text not null, verdict risk.verdict not null default 'review',
  weight numeric(5,2) not null default 1.00, valid core.validity, priority smallint unique deferrable,
  constraint rule_one_active exclude using btree (name with =) where (verdict <> 'allow'));
create table risk.list (name varchar(40) primary key, kind text not null default 'block', owner name not null default current_user);
create table risk.list_entry (list_name varchar(40) not null references risk.list on update cascade on delete cascade, value text not null, ends timestamptz default 'infinity'::timestamptz, constraint list_entry_uq exclude using hash (value with =) where (list_name = 'global'), primary key (list_name, value));
create table risk.network (addresses cidr not null, verdict risk.verdict);
create table risk.device (fingerprint bytea primary key, first_seen timestamptz default now(), networks inet[] default '{}', agents text[], party_ids uuid[] not null default '{}');
create table risk.assessment (id uuid primary key default gen_random_uuid(), party_id uuid references party.party on delete set null, hits risk.hit[] not null default '{}', verdict risk.verdict not null, score numeric(7,3), at timestamptz default now());
create index assessment_at on risk.assessment using brin (at timestamptz_bloom_ops, score numeric_bloom_ops) with (pages_per_range = 4);
create table risk.case_file (no integer primary key default nextval('core.reverse_no'), party_id uuid references party.party, state text not null default 'open', opened timestamptz default now(), assigned name, constraint case_state check (state = any (array['open'::text, 'closed'::text])) no inherit);
create table risk.case_note (case_no integer references risk.case_file on update cascade on delete cascade, at timestamptz default now(), text text not null check (btrim(text) <> ''), primary key (case_no, at));
create table risk.sanction (id bigint primary key, names text[] not null, birth_years int4range, search tsvector, source text default 'un');
create index sanction_search on risk.sanction using gin (search) with (gin_pending_list_limit = 256);
create table risk.screening (party_id uuid not null references party.party on delete cascade, sanction_id bigint not null references risk.sanction on delete cascade, similarity float4 not null, cleared boolean, primary key (party_id, sanction_id));
create unlogged table risk.velocity (key text primary key, counts integer[] not null default '{0,0,0,0}', seen timestamptz not null default now()) with (fillfactor = 40);
create table risk.polygon_watch (name text primary key, area polygon not null, border path, middle circle, exclude using gist (middle with &&));
create function risk.sanction_words() returns trigger language plpgsql as $$
begin
  new.search := to_tsvector('simple', array_to_string(new.names, ' '));
  return new;
end
$$;
create trigger sanction_words before insert or update of names on risk.sanction for each row execute function risk.sanction_words();
create trigger builtin_suppress before update on risk.list for each row execute function suppress_redundant_updates_trigger();
create function risk.score(hits risk.hit[]) returns numeric language sql immutable
  return (select coalesce(sum(h.score), 0::numeric) from unnest(hits) h (rule, score, detail));
create index assessment_score on risk.assessment (risk.score(hits) desc) where verdict >= 'review'::risk.verdict;

-- settlement ------------------------------------------------------------------------------------------------------

create table settlement.scheme_member (scheme payments.scheme not null, bic varchar(11) not null references payments.bank on update cascade, role text default 'direct', primary key (scheme, bic));
create table settlement.cycle (id bigint generated always as identity primary key, scheme payments.scheme not null, no smallint not null default nextval('core.cycle_no'), window_ tstzrange not null, settles_at timestamptz generated always as (upper(window_)) stored, unique (scheme, window_));
create table settlement.position (cycle_id bigint not null references settlement.cycle on delete cascade, bic varchar(11) not null references payments.bank, debit core.amount not null default 0, credit core.amount not null default 0, net core.amount generated always as ((credit)::numeric - (debit)::numeric) stored, primary key (cycle_id, bic));
create table settlement.nostro (account_id bigint primary key references ledger.account, bic varchar(11) not null references payments.bank, number text not null);
create table settlement.bank_statement (id bigserial primary key, nostro_id bigint not null references settlement.nostro, day date not null, raw xml, balance money, unique (nostro_id, day));
create table settlement.bank_line (statement_id bigint not null references settlement.bank_statement on delete cascade, no integer not null, amount numeric(18,2) not null, text varchar(390), booked date, primary key (statement_id, no));
create table settlement.match_ (statement_id bigint not null, line_no integer not null, booked_on date, journal_id bigint, by_rule boolean not null default false, primary key (statement_id, line_no), foreign key (statement_id, line_no) references settlement.bank_line on delete cascade, foreign key (booked_on, journal_id) references ledger.journal on delete set null (journal_id));
create table settlement.break_ (id bigint generated always as identity primary key, day date not null, difference core.money_amount not null, explained text, closed boolean default false);
create table settlement.file_ (name text primary key, direction char(1) not null check (direction in ('I', 'O')), checksum bytea, lines integer, at timestamp without time zone default (now() at time zone 'Europe/Berlin'));
create table settlement.reserve (party_id uuid not null references party.party, valid daterange not null, rate numeric(4,4) not null default 0.05, constraint reserve_pk primary key (party_id, valid));
comment on table settlement."match_" is 'The names with an underscore are keywords elsewhere.';
alter table settlement.cycle add constraint cycle_no_overlap exclude using gist (window_ with &&) where (scheme = 'sepa-ct') deferrable;

-- audit -----------------------------------------------------------------------------------------------------------

create table audit.change (
  at timestamptz not null default clock_timestamp(), id bigint generated by default as identity, "table" regclass not null, operation "char" not null,
  who name not null default current_user, client inet default inet_client_addr(), transaction xid8 default pg_current_xact_id(), snapshot pg_snapshot, lsn pg_lsn,
  old jsonb, new jsonb, constraint change_pk primary key (at, id)
) partition by range (at);
create table audit.change_2025_h2 partition of audit.change for values from ('2025-07-01 00:00:00+00') to ('2026-01-01 00:00:00+00') with (autovacuum_enabled = off, toast.autovacuum_enabled = off);
create table audit.change_2026_h1 partition of audit.change for values from ('2026-01-01 00:00:00+00') to ('2026-07-01 00:00:00+00');
create table audit.change_default partition of audit.change default;
create index change_table on audit.change ("table", at desc);
create index change_new on audit.change_2026_h1 using gin (new jsonb_path_ops);
alter table audit.change_default replica identity full;
create schema archive;
create table archive.change_2025_h1 partition of audit.change for values from ('2025-01-01 00:00:00+00') to ('2025-07-01 00:00:00+00');
create table audit.api_call (at timestamptz not null default now(), method text not null, path text not null, took_ms integer) partition by list (upper(method));
create table audit.api_call_read partition of audit.api_call for values in ('GET', 'HEAD') partition by range (path collate "C" text_pattern_ops);
create table audit.api_call_read_a_m partition of audit.api_call_read for values from (minvalue) to ('/n');
create table audit.api_call_read_n_z partition of audit.api_call_read for values from ('/n') to (maxvalue);
create table audit.api_call_write partition of audit.api_call default;
create index api_call_path on audit.api_call (path text_pattern_ops, at desc);
create table audit.access (at timestamptz default now(), who name, what text, why text not null);
create table audit.export (id uuid primary key default gen_random_uuid(), requested_by text not null, query text, row_count bigint, days int4multirange);
create table audit.retention (schema_name name, table_name name, keep interval year to month not null default '7 years', primary key (schema_name, table_name));
create function audit.record() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into audit.change ("table", operation, old, new)
  values (tg_relid, left(tg_op, 1), case when tg_op <> 'INSERT' then to_jsonb(old) end, case when tg_op <> 'DELETE' then to_jsonb(new) end);
  return null;
end
$$;
create function audit.record_all() returns trigger language plpgsql as $$
begin
  insert into audit.change ("table", operation, old) select tg_relid, 'D', to_jsonb(g) from gone g;
  return null;
end
$$;
create trigger audit after insert or update or delete on party.party for each row execute function audit.record();
create trigger audit after insert or update or delete on ledger.account for each row execute function audit.record();
create trigger audit after update on cards.card for each row when (old.blocked_at is distinct from new.blocked_at) execute function audit.record('cards', 'blocked');
create trigger audit_deleted after delete on party.consent referencing old table as gone for each statement execute function audit.record_all();
create trigger change_final before update or delete on audit.change for each row execute function core.forbid();
alter table party.party enable always trigger audit;
alter table cards.card disable trigger audit;
create policy own_changes on audit.change for select using (who = current_user);
alter table audit.change enable row level security, force row level security;
create policy log_only on audit.access for insert with check (who = current_user and why <> '');
alter table audit.access enable row level security;
create policy by_setting on party.party to public
  using (id = any (string_to_array(current_setting('ledger.parties', true), ',')::uuid[]) or current_setting('ledger.parties', true) is null);
create policy not_merged on party.party as restrictive for update
  using (not exists (select from party.merge m where m.loser = party.id)) with check (kyc <> 'failed' or primary_account_id is null);
comment on policy by_setting on party.party is 'Waits: row security is not switched on yet.';

-- reporting -------------------------------------------------------------------------------------------------------

create view reporting.account_balance as
  select a.id as account_id, a.currency, coalesce(sum(e.signed::numeric), 0) as balance, max(e.booked_on) as last_entry
  from ledger.account a left join ledger.entry e on e.account_id = a.id
  group by a.id;
create view reporting.trial_balance (book, chart_code, title, debit, credit) as
  select b.name, c.code, c.title,
    sum(e.amount::numeric) filter (where e.direction = 'debit'), sum(e.amount::numeric) filter (where e.direction = 'credit')
  from ledger.chart c
  join ledger.book b on b.id = c.book_id
  left join ledger.account a on a.book_id = c.book_id and a.chart_code::text = c.code::text
  left join ledger.entry e on e.account_id = a.id
  group by cube (b.name, (c.code, c.title));
create view reporting.running as
  select account_id, booked_on, journal_id, line, signed,
    sum(signed::numeric) over (partition by account_id order by booked_on, journal_id, line rows unbounded preceding) as balance,
    first_value(booked_on) over w as opened, ntile(4) over w as quarter
  from ledger.entry
  window w as (partition by account_id order by booked_on range between '1 year' preceding and current row exclude ties);
create view reporting.chart_tree as
  with recursive tree (book_id, code, class, path) as (
    select book_id, code, class, array[code::text] from ledger.chart where parent_code is null
    union all
    select c.book_id, c.code, c.class, t.path || c.code::text from ledger.chart c join tree t on (c.book_id, c.parent_code::text) = (t.book_id, t.code::text)
  ) search depth first by code set ordering cycle code set is_cycle using visited
  select book_id, code, class, path from tree order by ordering;
create view reporting.my_parties with (security_invoker = true, security_barrier = true) as
  select id, kind, display_name, kyc from party.party where kyc = 'passed' with local check option;
create view reporting.poor_parties as select p.*, b.balance from reporting.my_parties p join ledger.account a on a.owner_id = p.id join reporting.account_balance b on b.account_id = a.id where b.balance < 0;
create view reporting.card_holder as
  select c.id, c.last4, c.blocked_why, concat_ws(' ', variadic p.given_names) || ' ' || p.family_name as name from cards.card c join party.person p on p.party_id = c.holder_id;
create function reporting.block_card() returns trigger language plpgsql as $$
begin
  update cards.card set blocked_at = now(), blocked_why = new.blocked_why where id = old.id;
  return new;
end
$$;
create trigger block_card instead of update on reporting.card_holder for each row execute function reporting.block_card();
create materialized view reporting.monthly_volume with (autovacuum_enabled = false) as
  select t.region, t.scheme, t.month, (t.instructed).currency as currency, count(*) as transfers, sum(((t.instructed).amount)::numeric) as volume
  from payments.transfer t where t.state = 'settled'
  group by t.region, t.scheme, t.month, (t.instructed).currency;
create unique index monthly_volume_uq on reporting.monthly_volume (region, scheme, month, currency) nulls not distinct;
create index monthly_volume_month on reporting.monthly_volume using brin (month);
create materialized view reporting.yearly_volume as select date_part('year', month) as year, sum(volume) as volume from reporting.monthly_volume group by 1 with no data;
create table reporting.report (id serial primary key, name text not null unique, statement text not null, columns jsonb[], owner regrole, schedule interval, run_after time without time zone default '05:30');
create table reporting.run (report_id integer not null references reporting.report on delete cascade, at timestamptz not null default now(), rows bigint, took interval, primary key (report_id, at));
create function reporting.balance_at(account bigint, day date default current_date) returns core.money_amount language sql stable
begin atomic
  select row(coalesce(sum((e.signed)::numeric), 0), a.currency)::core.money_amount
  from ledger.account a left join ledger.entry e on e.account_id = a.id and e.booked_on <= day
  where a.id = account group by a.currency;
end;
create function reporting.statement(account bigint, during daterange, inout page integer default 1) returns setof integer language plpgsql stable rows 10 as $$
begin
  return query select generate_series(page, page + 9);
end
$$;
create function reporting.volumes(variadic schemes payments.scheme[]) returns table (scheme payments.scheme, month date, volume numeric) language sql stable cost 500 rows 120
  as $$ select v.scheme, v.month, sum(v.volume) from reporting.monthly_volume v where v.scheme = any (schemes) group by 1, 2 $$;
create procedure reporting.refresh(concurrent boolean default true) language plpgsql as $$
begin
  if concurrent then
    refresh materialized view concurrently reporting.monthly_volume;
  else
    refresh materialized view reporting.monthly_volume;
  end if;
  refresh materialized view reporting.yearly_volume;
end
$$;
create procedure ledger.close_period(in_book smallint, until date, out journals bigint) language sql
begin atomic
  update ledger.book set closed_until = until where id = in_book;
  select count(*) from ledger.journal j where j.book_id = in_book and j.booked_on <= until;
end;
comment on view reporting.running is 'Slow for large accounts; ask for one.';
comment on column reporting.running.quarter is 'Of the entries, not of the year.';
comment on materialized view reporting.monthly_volume is 'Until last midnight.';
comment on index reporting.monthly_volume_uq is 'Needed to refresh concurrently.';
comment on procedure ledger.close_period(smallint, date, out bigint) is 'There is no way back.';
alter view reporting.account_balance alter column balance set default 0;
alter table ledger.entry alter column memo set statistics 0;
alter table payments.bank alter column name set (n_distinct = -1, n_distinct_inherited = -0.9);
alter table cards.card cluster on card_account;
