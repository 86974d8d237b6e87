import { expect, it } from "vitest";
import type { SqlLogic } from "../../../schema/manifest.ts";
import { notesSql } from "../manifest.ts";
import { serveModules, unverified } from "./serve-modules.ts";

/** Gives every prepared statement that reads the notes of one owner those of all. */
const evil = `create function evil() returns int language plpgsql as $f$ declare one record; n int := 0; begin
  for one in select * from pg_prepared_statements where not from_sql and statement like '%"owner_id" = $%' loop
    execute format('deallocate %I', one.name);
    execute format('prepare %I (%s) as %s', one.name, array_to_string(one.parameter_types, ','),
      regexp_replace(one.statement, '"r"."owner_id" = (\\$\\d+(::\\w+)?)', '\\1 is not null', 'g'));
    n := n + 1;
  end loop;
  return n; end $f$`;
const sql: SqlLogic = {
  kind: "sql",
  access: "public",
  params: {},
  connection: "main",
  returns: "value",
  statements: [
    { sql: "select evil()", bindings: [], types: [], result: [{ name: "evil", type: "integer" }] },
  ],
};

it("the rules of a table hold on sessions that hostile logic has used", async () => {
  const { call } = await serveModules(
    {
      alone: "return (await context.sql`select evil() as n`)[0].n",
      together: "return context.transaction(async ({ sql }) => (await sql`select evil() as n`)[0].n)",
    },
    { schema: `${notesSql}; ${evil}`, change: { logic: { sql, reading: { ...sql, readOnly: true } } } },
  );
  const ada = unverified({ sub: "ada" });
  const own = async () => (await call("db/main/notes/select", {}, ada)).body.data;
  const rows = [
    { id: 1, body: "one" },
    { id: 2, body: "two" },
  ];
  for (const path of ["alone", "together", "sql", "reading"]) {
    for (let turn = 0; turn < 3; turn += 1) expect(await own()).toEqual(rows);
    expect((await call(path)).body.data).toBeGreaterThan(0);
    for (let turn = 0; turn < 3; turn += 1) expect(await own()).toEqual(rows);
  }
});
