import pg from "pg";
import { describe, expect, it, onTestFinished } from "vitest";
import { describeWith } from "./needs.ts";
import { differenceSeenByPgDelta } from "./pg-delta.ts";
import { freshDatabase } from "./postgres.ts";
import type { PostgresVersion } from "./postgres-server.ts";

/** Makes a database by a script; gives its address. */
async function made(version: PostgresVersion, script: string): Promise<string> {
  const { url, drop } = await freshDatabase({ version });
  onTestFinished(drop);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(script);
  await client.end();
  return url;
}

const schema = `
  create schema shop; create extension citext; create extension btree_gist;
  create type shop.size as enum ('s', 'm'); create type shop.place as (street text, house int);
  create domain shop.email as text check (value like '%@%');
  create table shop.buyers (id int generated always as identity primary key, mail shop.email not null unique,
    size shop.size default 'm', place shop.place, name citext, mailed int generated always as (length(mail)) stored);
  create table shop.orders (id bigserial primary key, buyer_id int references shop.buyers on delete cascade,
    during tstzrange, exclude using gist (during with &&));
  create index on shop.orders (buyer_id desc) where id > 3;
  create view shop.names as select name from shop.buyers where id between 1 and 5;
  create materialized view shop.total as select count(*) from shop.orders;
  create function shop.stamp() returns trigger language plpgsql as 'begin return new; end';
  create trigger stamp before insert on shop.orders for each row execute function shop.stamp();
  alter table shop.orders enable row level security;
  create policy own on shop.orders using (buyer_id in (1, 2));
  create table shop.days (day date not null) partition by range (day);
  create table shop.days_1 partition of shop.days for values from ('2026-01-01') to ('2027-01-01');
  comment on column shop.orders.during is 'when';
`;

function sees(version: PostgresVersion): void {
  it("sees no difference between a schema and itself, nor in _stk and who may use what", async () => {
    const ours =
      "create schema _stk; create table _stk.applied (id int); grant select on shop.names to public";
    const url = await made(version, `${schema}; ${ours}`);
    expect(await differenceSeenByPgDelta(url, await made(version, schema))).toEqual([]);
  });

  it("sees the order in which columns were made as none", async () => {
    const url = await made(version, "create table t (a int); alter table t add b int");
    expect(await differenceSeenByPgDelta(url, await made(version, "create table t (b int, a int)"))).toEqual(
      [],
    );
  });

  it("says what would have to be run", async () => {
    const url = await made(version, "create table t (a int); create index i on t (a)");
    const reference = await made(version, "create table t (a int not null default 5)");
    expect(await differenceSeenByPgDelta(url, reference)).toEqual([
      'DROP INDEX "public"."i"',
      'ALTER TABLE "public"."t" ALTER COLUMN "a" SET NOT NULL',
      'ALTER TABLE "public"."t" ALTER COLUMN "a" SET DEFAULT 5',
    ]);
  });
}

describe.each([16, 17, 18] as const)("pg-delta on Postgres %i", sees);
await describeWith(["postgres15"], "pg-delta on Postgres 15", () => sees(15));
