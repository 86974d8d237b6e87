import { describe, expect, it } from "vitest";
import { readModel } from "../../../src/database/catalog/read-model.ts";
import { kinds } from "../../../src/database/kinds/kinds.ts";
import { fingerprint } from "../../../src/database/model/fingerprint.ts";
import type { Model } from "../../../src/database/model/model.ts";
import { modelFromJson } from "../../../src/database/model/model-from-json.ts";
import { modelAsJson } from "../../../src/database/model/model-json.ts";
import { undone } from "../../../src/database/transaction.ts";
import { freshDatabase } from "../../services/postgres.ts";
import { liveDatabase } from "../live-database.ts";

// One of every kind of object, and of every member that a column, a constraint, an index or a table may have.
const everything = `
  create schema audit;
  create extension citext;
  create type mood as enum ('sad', 'it''s fine');
  create domain email as text check (value ~ '@');
  create type point3 as (x int, y int, z int);
  create sequence tickets start 100;
  create function touch() returns trigger language plpgsql as $$ begin return new; end $$;
  create table users (
    id bigint generated always as identity (start with 1000) primary key,
    legacy serial, mail email not null unique nulls not distinct, feeling mood default 'sad',
    name text storage external collate "C" check (length(name) > 0),
    slug text generated always as (lower(name)) stored);
  alter table users alter name set statistics 500;
  create unlogged table audit.log (id int, user_id bigint references users match full on delete cascade,
    during int4range, exclude using gist (during with &&) where (id > 0)) with (fillfactor = 70, toast.autovacuum_enabled = false);
  alter table audit.log add constraint positive check (id > 0) not valid;
  create table events (at date, note text) partition by range (at);
  create table events_2026 partition of events for values from ('2026-01-01') to ('2027-01-01');
  create unique index users_name on users (lower(name), id desc) nulls not distinct with (fillfactor = 80) where name <> '';
  alter table users enable row level security;
  alter table users force row level security;
  create policy own on users using (id = 1);
  create trigger touch before update on users for each row execute function touch();
  create view names as select name from users;
  create materialized view counts as select count(*) from users;
  comment on table users is 'who';
  comment on column users.name is 'what they''re called';`;

async function everythingRead(): Promise<Model> {
  const { connect } = await liveDatabase(freshDatabase);
  const database = await connect();
  return undone(database, async () => {
    await database.script(everything);
    return readModel(database, { schemas: ["public", "audit"], ignore: [], unmanagedPartitions: [] });
  });
}

const throughText = (model: Model): unknown => JSON.parse(JSON.stringify(modelAsJson(model)));

describe("a model as JSON", { timeout: 60_000 }, () => {
  it("comes back as it was, of every kind", async () => {
    const model = await everythingRead();
    expect(model.tables.size).toBe(3);
    for (const { kind } of kinds)
      expect([...model.objects.values()].map((object) => object.kind)).toContain(kind);

    const read = modelFromJson(throughText(model));

    expect(read).toEqual({
      enums: model.enums,
      tables: model.tables,
      objects: new Map([...model.objects].map(([key, { rows, ...object }]) => [key, object])),
      comments: model.comments,
    });
    expect(fingerprint({ ...model, ...read })).toBe(fingerprint(model));
  });

  it.each([
    ["nothing", null],
    ["text", "{}"],
    ["a list", []],
    ["half of it", { enums: [], tables: [] }],
    [
      "a kind that is not known",
      { enums: [], tables: [], objects: [{ kind: "rocket", name: "a", facts: {} }], comments: [] },
    ],
    [
      "a column without a type",
      {
        enums: [],
        tables: [{ name: "t", columns: [{ name: "a" }], constraints: [], indexes: [] }],
        objects: [],
        comments: [],
      },
    ],
    ["a member of another version", { enums: [], tables: [], objects: [], comments: [], rules: [] }],
  ])("is not read from %s", (_, json) => {
    expect(modelFromJson(json)).toBeUndefined();
  });
});
