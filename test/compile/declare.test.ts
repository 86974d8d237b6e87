import { PGlite } from "@electric-sql/pglite";
import { describe, expect, it } from "vitest";
import { schemaFile } from "../../schema/schema-file.ts";
import { readCatalog } from "../../src/compile/catalog.ts";
import { constraintName } from "../../src/compile/constraint-name.ts";
import { declareConnection } from "../../src/compile/declare.ts";
import { parseDeclaration } from "../../src/project/parse.ts";

function declare(text: string) {
  const { parsed } = parseDeclaration(schemaFile, text, "schema/a.yaml");
  const { catalog } = readCatalog(parsed === undefined ? [] : [parsed]);
  const connection = catalog.get("main");
  if (connection === undefined) throw new Error("nothing was declared");
  return declareConnection(connection);
}

const long = "a_table_whose_name_goes_on_and_on_until_it_is_fifty_long";
const wide = "a_column_whose_name_goes_on_and_on_until_it_is_fifty_l";

const text = `
enums: { st: [open, "it's"] }
tables:
  users:
    columns:
      id: { type: uuid, primaryKey: true, default: gen_random_uuid() }
      email: { type: text, unique: true, check: length(email) > 3 }
  ${long}:
    columns:
      a: { type: integer }
      ${wide}: { type: uuid, references: users.id, unique: true, check: ${wide} is not null }
      st: { type: st, default: open }
      note: { type: text, default: { value: "it's" } }
      flag: { type: boolean, default: true }
    primaryKey: [a, ${wide}]
    unique: [[a, st], [st, ${wide}]]
    indexes:
      - { columns: [a, st] }
      - { columns: [a, st], where: a > 3 }
      - { columns: [{ expression: lower(note) }, { column: ${wide}, direction: desc, nulls: last }], unique: true }
`;

describe("declareConnection", () => {
  it("names everything as Postgres names it", async () => {
    const { schema, diagnostics } = declare(text);
    expect(diagnostics).toEqual([]);
    const pg = await PGlite.create();
    await pg.exec(`
      create type st as enum ('open', 'it''s');
      create table users (id uuid primary key, email text unique check (length(email) > 3));
      create table ${long} (a int, ${wide} uuid references users (id) unique check (${wide} is not null), st st, note text, flag boolean,
        primary key (a, ${wide}), unique (a, st), unique (st, ${wide}));
      create index on ${long} (a, st);
      create index on ${long} (a, st) where a > 3;
      create unique index on ${long} (lower(note), ${wide} desc nulls last);`);
    const { rows: constraints } = await pg.query<{ name: string }>(
      "select conname as name from pg_constraint where contype <> 'n' and connamespace = 'public'::regnamespace",
    );
    const { rows: indexes } = await pg.query<{ name: string }>(
      "select indexname as name from pg_indexes where schemaname = 'public' and indexname not in (select conname from pg_constraint)",
    );
    await pg.close();
    const tables = Object.values(schema.tables);
    const named = tables.flatMap((t) => [
      ...(t.primaryKey ? [t.primaryKey] : []),
      ...t.uniques,
      ...t.checks,
      ...t.foreignKeys,
    ]);
    expect(named.map(({ name }) => name).sort()).toEqual(constraints.map(({ name }) => name).sort());
    expect(
      tables
        .flatMap((t) => t.indexes)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(indexes.map(({ name }) => name).sort());
  }, 60_000);

  it("writes defaults as SQL", () => {
    const columns = declare(text).schema.tables[long]?.columns;
    expect(columns).toMatchObject({
      st: { default: "'open'" },
      note: { default: "'it''s'" },
      flag: { default: "true" },
    });
    expect(columns?.[wide]).toEqual({ type: "uuid", nullable: false });
  });

  it("reports a given name that is taken", () => {
    const { diagnostics } = declare(
      "tables:\n  t:\n    columns: { a: { type: text } }\n    indexes:\n      - { name: x, columns: [a] }\n      - { name: x, columns: [a], unique: true }\n      - { name: t, columns: [a] }\n",
    );
    expect(diagnostics).toMatchObject([
      { code: "duplicate_name", line: 6 },
      { code: "duplicate_name", line: 7 },
    ]);
  });

  it("keeps the order of tables and columns", () => {
    const { schema } = declare(
      "tables:\n  z: { columns: { y: { type: text }, x: { type: text } } }\n  a: { columns: {} }\n",
    );
    expect(Object.keys(schema.tables)).toEqual(["z", "a"]);
    expect(Object.keys(schema.tables.z?.columns ?? {})).toEqual(["y", "x"]);
  });
});

describe("constraintName", () => {
  it("never exceeds what Postgres keeps", () => {
    for (const table of [1, 30, 63])
      for (const columns of [0, 1, 40, 200])
        expect(constraintName("t".repeat(table), "c".repeat(columns), "fkey12").length).toBeLessThanOrEqual(
          63,
        );
  });
});
