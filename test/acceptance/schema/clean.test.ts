import { describe, expect, it, onTestFinished } from "vitest";
import { openPostgres } from "../../../src/database/postgres.ts";
import { describeWith } from "../../services/needs.ts";
import { differenceSeenByPgDelta } from "../../services/pg-delta.ts";
import { freshDatabase } from "../../services/postgres.ts";
import type { PostgresVersion } from "../../services/postgres-server.ts";
import { clean } from "./clean.ts";
import { rowsOf } from "./rows.ts";

const everything = `
  create schema app; create schema _stk; create table _stk.applied (id int);
  create extension citext schema app; create extension cube; create extension earthdistance;
  create extension postgres_fdw; create server far foreign data wrapper postgres_fdw;
  create foreign table away (id int) server far;
  create type app.state as enum ('open'); create domain short as text check (length(value) < 9);
  create table app."Tasks" (id int generated always as identity, state app.state, name short, mail app.citext);
  create table days (day date) partition by range (day);
  create table days_1 partition of days for values from ('2026-01-01') to ('2027-01-01');
  insert into app."Tasks" (state, name) values ('open', 'b'), ('open', 'a');
  insert into days values ('2026-02-01');
  create view open as select * from app."Tasks"; create materialized view count as select count(*) from open;
  create function noted() returns event_trigger language plpgsql as 'begin end';
  create event trigger noted on ddl_command_end execute function noted();
  create publication tasks for table app."Tasks";
  revoke usage on schema public from public;
`;

function cleans(version: PostgresVersion): void {
  it("finds the rows of every table, and leaves a database as a new one is", async () => {
    const [used, unused] = await Promise.all([freshDatabase({ version }), freshDatabase({ version })]);
    onTestFinished(async () => {
      await Promise.all([used.drop(), unused.drop()]);
    });
    const database = await openPostgres({ url: used.url, applicationName: "test", connectTimeoutMs: 5_000 });
    onTestFinished(() => database.close());
    await database.script(everything);
    expect(await rowsOf(database)).toEqual({
      'app."Tasks"': [
        { id: "1", state: "open", name: "b", mail: null },
        { id: "2", state: "open", name: "a", mail: null },
      ],
      "public.days": [{ day: "2026-02-01" }],
    });
    await clean(database);
    expect(await differenceSeenByPgDelta(used.url, unused.url)).toEqual([]);
    const grants = "select nspacl::text, nspowner::regrole::text from pg_namespace where nspname = 'public'";
    const other = await openPostgres({ url: unused.url, applicationName: "test", connectTimeoutMs: 5_000 });
    onTestFinished(() => other.close());
    expect(await database.query(grants)).toEqual(await other.query(grants));
    expect(await rowsOf(database)).toEqual({});
  });
}

describe.each([16, 17, 18] as const)("cleaning Postgres %i", cleans);
await describeWith(["postgres15"], "cleaning Postgres 15", () => cleans(15));
