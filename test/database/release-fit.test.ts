import { afterAll, beforeAll, expect, it } from "vitest";
import { applyPlan } from "../../src/database/apply/apply.ts";
import type { Database } from "../../src/database/database.ts";
import { openPglite } from "../../src/database/pglite.ts";
import { planSchema } from "../../src/database/plan/plan.ts";
import { openShadow, type Shadow } from "../../src/database/shadow/shadow.ts";
import { declaredFrom } from "../acceptance/schema/declared.ts";

const running = `enums: { mood: [sad, ok] }
tables: { t: { columns: { id: { type: integer, primaryKey: true }, title: { type: text }, m: { type: mood } } } }`;
const release = {
  schema: declaredFrom(running),
  statements: [{ call: "t/list", sql: "select id, title from t order by title" }],
};

let shadow: Shadow;
let database: Database;
beforeAll(async () => {
  [shadow, database] = await Promise.all([openShadow(), openPglite()]);
  const planned = await planSchema(database, { connection: "main", declared: release.schema, shadow });
  await applyPlan(database, planned, { by: { version: "test" } });
}, 60_000);
afterAll(() => Promise.all([shadow.close(), database.close()]));

const broken = async (yaml: string): Promise<string[]> => {
  const { plan } = await planSchema(database, {
    connection: "main",
    declared: declaredFrom(yaml),
    shadow,
    release,
  });
  return plan.blocked.map(({ code, object, message }) => `${code} ${object}: ${message}`);
};

it("lets through what the running release does not feel", async () => {
  const wider = running.replace("m: { type: mood }", "m: { type: mood }, due: { type: date }");
  expect(await broken(wider.replace("[sad, ok]", "[sad, ok, glad]"))).toEqual([]);
});

it("blocks a rename of what the running release reads, and names the call that would fail", async () => {
  expect(
    await broken(running.replace("title: { type: text }", "name: { type: text, renamedFrom: title }")),
  ).toEqual([
    "breaks_release t.title: The release that runs uses the column t.title, which goes.",
    'breaks_release t/list: The call t/list would fail: column "title" does not exist.',
  ]);
});

it("blocks a column that the running release would have to give a value", async () => {
  const needed = running.replace(
    "m: { type: mood }",
    "m: { type: mood }, due: { type: date, nullable: false }",
  );
  expect(await broken(needed)).toEqual([
    "breaks_release t.due: The release that runs gives no value to the new column t.due, which must have one.",
  ]);
});

it("blocks another type, and lets it through where that is approved for the column", async () => {
  const changed = running.replace("title: { type: text }", "title: { type: varchar(20) }");
  expect(await broken(changed)).toEqual([
    "breaks_release t.title: The release that runs was built for t.title as text, and it becomes character varying(20).",
  ]);
  expect(await broken(`${changed}\napproved: { t.title: [breaks_release] }`)).toEqual([]);
});
