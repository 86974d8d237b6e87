import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { beforeAll, expect, test } from "vitest";
import type { DeclaredSchema, PlannableSchema } from "../../schema/declared.ts";
import type { Output } from "../../src/core/command.ts";
import { openPglite } from "../../src/database/pglite.ts";
import type { Shadow } from "../../src/database/shadow/shadow.ts";
import { openDevelopmentDatabase } from "../../src/dev/database-directory.ts";
import { prepareDatabase } from "../../src/dev/prepare-database.ts";
import { sharedShadow } from "../database/shared-shadow.ts";
import { temporaryDirectory } from "../services/temporary.ts";

const project = temporaryDirectory;

test("a database that was killed while it wrote opens again with what it had committed", async () => {
  const root = project();
  const script = `
    import { openDevelopmentDatabase } from ${JSON.stringify(resolve("src/dev/database-directory.ts"))};
    const database = await openDevelopmentDatabase(${JSON.stringify(root)}, "main");
    await database.script("create table tea (n int); insert into tea values (1)");
    console.log("committed");
    for (;;) await database.script("begin; insert into tea select generate_series(1, 1000); rollback");`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "exit");
  const database = await openDevelopmentDatabase(root, "main");
  expect(await database.query("select n from tea")).toEqual([{ n: 1 }]);
  await database.close();
});

test("what was left by a kill before the database was whole is not taken for one", async () => {
  const root = project();
  await mkdir(join(root, ".stk/pglite/main.new/base"), { recursive: true });
  await writeFile(join(root, ".stk/pglite/main.new/PG_VERSION"), "18\n");
  const database = await openDevelopmentDatabase(root, "main");
  expect(await database.query("select 1 as one")).toEqual([{ one: 1 }]);
  await database.close();
  expect(await readdir(join(root, ".stk/pglite"))).toEqual(["main"]);
});

let shadow: Shadow;
beforeAll(async () => {
  shadow = await sharedShadow();
});

const tea = (columns: DeclaredSchema["tables"][string]["columns"]): DeclaredSchema => ({
  enums: {},
  tables: { tea: { columns, uniques: [], checks: [], foreignKeys: [], indexes: [] } },
});
const name = { type: "text", nullable: true };

test("what adds is done and said; what would lose data is given back, and nothing is done", async () => {
  const database = await openPglite();
  const said: string[] = [];
  const output = { progress: (text: string) => said.push(text) } satisfies Partial<Output>;
  const prepare = (declared: PlannableSchema) =>
    prepareDatabase(database, { connection: "main", declared, shadow, version: "1" }, output);

  expect(await prepare(tea({ name }))).toEqual([]);
  await database.script("insert into tea values ('assam')");
  expect(await prepare(tea({ name, cups: { type: "integer", nullable: true } }))).toEqual([]);
  expect(said).toEqual(["main: made 1 table", "main: Add the column tea.cups"]);

  const destructive = tea({ cups: { type: "integer", nullable: true }, pot: name });
  expect(await prepare(destructive)).toMatchObject([{ object: "tea.name" }]);
  expect(await database.query("select * from tea")).toEqual([{ name: "assam", cups: null }]);

  const transition: PlannableSchema["transition"] = {
    renames: [{ kind: "column", table: "tea", from: "name", to: "pot" }],
    removals: [{ kind: "column", table: "tea", name: "cups" }],
  };
  expect(await prepare({ ...tea({ pot: name }), transition })).toEqual([]);
  expect(await database.query("select * from tea")).toEqual([{ pot: "assam" }]);
  expect(said.slice(2)).toEqual([
    "main: Drop the column tea.cups",
    "main: Rename the column tea.name to pot",
  ]);
  await database.close();
});
