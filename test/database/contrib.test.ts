import { globSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { applyPlan } from "../../src/database/apply/apply.ts";
import { embeddableExtensions } from "../../src/database/contrib.ts";
import { openPglite } from "../../src/database/pglite.ts";
import { planSchema } from "../../src/database/plan/plan.ts";
import { openDevelopmentDatabase } from "../../src/dev/database-directory.ts";
import { declaredFrom } from "../acceptance/schema/declared.ts";
import { sharedShadow } from "./shared-shadow.ts";

/** No extension is made of it: it is a library to load. */
const library = "auto_explain";

it("knows every extension that PGlite brings", async () => {
  const entry = createRequire(import.meta.url).resolve("@electric-sql/pglite");
  const modules = globSync("contrib/*.js", { cwd: dirname(entry) }).map((file) => basename(file, ".js"));
  const known = embeddableExtensions.map((name) => name.replaceAll("-", "_"));
  expect(modules.length).toBeGreaterThan(30);
  expect(modules.filter((name) => !known.includes(name))).toEqual([library]);

  const database = await openPglite({ extensions: embeddableExtensions });
  onTestFinished(() => database.close());
  const rows = await database.query<{ name: string }>(
    "select name from pg_available_extensions where name <> 'plpgsql' order by name",
  );
  expect(rows.map(({ name }) => name)).toEqual([...embeddableExtensions].sort());
});

it("makes no extension that it was not opened with", async () => {
  const database = await openPglite({ extensions: ["hstore"] });
  onTestFinished(() => database.close());
  await database.query("create extension hstore");
  await expect(database.query("create extension citext")).rejects.toThrow("not available");
});

it("plans and applies what pgvector brings, and sees that it is there", async () => {
  const [database, shadow] = await Promise.all([
    openPglite({ extensions: embeddableExtensions }),
    sharedShadow(),
  ]);
  onTestFinished(() => database.close());
  const declared = declaredFrom(`
    extensions: { vector: {} }
    tables:
      films:
        columns: { id: { type: int, primaryKey: true }, embedding: { type: vector(3) } }
        indexes: [{ columns: [{ column: embedding, opclass: vector_l2_ops }], method: hnsw }]`);
  const plan = () => planSchema(database, { connection: "main", declared, shadow });
  await applyPlan(database, await plan(), { by: { version: "test" } });
  expect((await plan()).plan).toMatchObject({ steps: [], blocked: [] });
  await database.query("insert into films values (1, '[0,0,1]'), (2, '[1,1,1]')");
  expect(await database.query("select id from films order by embedding <-> '[1,1,2]' limit 1")).toEqual([
    { id: 2 },
  ]);
});

it("lets a shadow make extensions that come to be declared while others wait", async () => {
  const shadow = await sharedShadow();
  const declared = (name: string, type: string) => ({
    enums: {},
    tables: {
      t: {
        columns: { a: { type, nullable: true } },
        uniques: [],
        checks: [],
        foreignKeys: [],
        indexes: [],
      },
    },
    objects: [{ kind: "extension" as const, name, sql: [`create extension ${name}`] }],
  });
  const rehearsals = await Promise.all(
    [
      ["citext", "citext"],
      ["hstore", "hstore"],
      ["citext", "citext[]"],
    ].map(([name = "", type = ""]) => shadow.rehearse(declared(name, type))),
  );
  expect(rehearsals.map(({ problems, columnTypes }) => [problems, columnTypes.t?.a])).toEqual([
    [[], "citext"],
    [[], "hstore"],
    [[], "citext[]"],
  ]);
});

it("keeps an extension in a development database", async () => {
  const root = await mkdtemp(join(tmpdir(), "stk-contrib-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const first = await openDevelopmentDatabase(root, "main");
  await first.script("create extension citext; create table t (a citext); insert into t values ('A')");
  await first.close();
  const second = await openDevelopmentDatabase(root, "main");
  expect(await second.query("select a from t where a = 'a'")).toEqual([{ a: "A" }]);
  await second.close();
});
