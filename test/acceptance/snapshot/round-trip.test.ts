import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import { applyPlan } from "../../../src/database/apply/apply.ts";
import { readModel } from "../../../src/database/catalog/read-model.ts";
import type { Database } from "../../../src/database/database.ts";
import { fingerprint } from "../../../src/database/model/fingerprint.ts";
import { planSchema } from "../../../src/database/plan/plan.ts";
import { openPostgres } from "../../../src/database/postgres.ts";
import { makeSchema } from "../../../src/database/shadow/make-schema.ts";
import type { Shadow } from "../../../src/database/shadow/shadow.ts";
import { inSnapshot, inTransaction } from "../../../src/database/transaction.ts";
import { sharedShadow } from "../../database/shared-shadow.ts";
import { describeWith } from "../../services/needs.ts";
import { differenceSeenByPgDelta } from "../../services/pg-delta.ts";
import { schemaDump } from "../../services/pg-dump.ts";
import { freshDatabase } from "../../services/postgres.ts";
import type { PostgresVersion } from "../../services/postgres-server.ts";
import { snapshotProject } from "../../snapshot/snapshot-project.ts";

const folder = path.join(import.meta.dirname, "schemas");

const timeoutMs = 120_000;

/** What files say, whatever the order in which their objects were made. */
const asValues = (files: Record<string, string>) =>
  Object.fromEntries(Object.entries(files).map(([file, text]) => [file, inAnyOrder(parse(text))]));

/** A constraint that nobody looked at the rows for is valid where it was made with its table. */
const validateAll = `
do $$
declare one record;
begin
  for one in select conrelid::regclass as relation, conname from pg_constraint where not convalidated and conrelid <> 0 loop
    execute format('alter table %s validate constraint %I', one.relation, one.conname);
  end loop;
end
$$`;

function inAnyOrder(value: unknown): unknown {
  if (Array.isArray(value))
    return value.map(inAnyOrder).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value);
  return Object.fromEntries(
    members.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, own]) => [key, inAnyOrder(own)]),
  );
}

let shadow: Shadow;
beforeAll(async () => {
  shadow = await sharedShadow();
});

async function opened(version: PostgresVersion): Promise<{ url: string; database: Database }> {
  const { url, drop } = await freshDatabase({ version });
  const open = await openPostgres({ url, applicationName: "test", connectTimeoutMs: 5_000 });
  onTestFinished(async () => {
    await open.close();
    await drop();
  });
  return { url, database: open };
}

const database = async (): Promise<Database> => (await opened(18)).database;

/** Makes a database of a server by its script, and one that a snapshot of it is applied to; gives their addresses. */
async function madeTwice(name: string, version: PostgresVersion): Promise<[live: string, made: string]> {
  const [live, made] = [await opened(version), await opened(version)];
  await live.database.script(readFileSync(path.join(folder, `${name}.sql`), "utf8"));
  await live.database.script(validateAll);
  const project = snapshotProject(shadow);
  onTestFinished(project.remove);
  await project.take(live.database);
  const plan = await project.plan(live.database);
  expect([...plan.steps.map(({ sql }) => sql), ...plan.blocked.map(({ message }) => message)]).toEqual([]);
  const main = (await project.declared()).declared.get("main");
  if (main === undefined) throw new Error("Nothing is declared.");
  const planned = await planSchema(made.database, { connection: "main", declared: main, shadow });
  expect(planned.plan.blocked.map(({ message }) => message)).toEqual([]);
  await applyPlan(made.database, planned, { by: { version: "test" } });
  return [live.url, made.url];
}

const onOff: Readonly<Record<string, string>> = { on: "true", off: "false" };

/** With the settings of each WITH in one order and spelling, and without that which is usual. */
const settled = (sql: string): string =>
  sql.replace(/\b(WITH|SET) \(([^()]*=[^()]*)\)/g, (_, word: string, settings: string) => {
    const each = settings.split(", ").map((setting) => {
      const [name = "", value = ""] = setting.split("=").map((part) => part.replaceAll("'", ""));
      return `${name}=${onOff[value] ?? value}`;
    });
    return `${word} (${each
      .filter((setting) => setting !== "security_barrier=false")
      .sort()
      .join(", ")})`;
  });

/** What is in one list more often than in the other. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return lines.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

const schemas = ["record-shop", "film-rental", "bug-tracker", "message-board", "payment-ledger"];

describe.each([...schemas, "reparsed"])("%s", (name) => {
  it("is declared such that a plan is empty, and a second snapshot changes no byte", {
    timeout: timeoutMs,
  }, async () => {
    const live = await database();
    await live.script(readFileSync(path.join(folder, `${name}.sql`), "utf8"));
    const project = snapshotProject(shadow);
    onTestFinished(project.remove);
    const { leftOut } = await project.take(live);
    expect(leftOut.map(({ kind, name: own, reason }) => `${kind} ${own}: ${reason}`)).toMatchSnapshot();
    const plan = await project.plan(live);
    expect(plan.steps.map(({ sql }) => sql)).toEqual([]);
    expect(plan.blocked.map(({ message }) => message)).toEqual([]);
    expect([...(await project.take(live)).files.keys()]).toEqual([]);
  });
});

describe.each(schemas)("%s", (name) => {
  it("is the same again in an empty database, but for what was left out", {
    timeout: timeoutMs,
  }, async () => {
    const [live, made] = [await database(), await database()];
    await live.script(readFileSync(path.join(folder, `${name}.sql`), "utf8"));
    await live.script(validateAll);
    const project = snapshotProject(shadow);
    onTestFinished(project.remove);
    await project.take(live);
    const main = (await project.declared()).declared.get("main");
    if (main === undefined) throw new Error("Nothing is declared.");
    expect(await inTransaction(made, () => makeSchema(made, main))).toEqual([]);
    const again = snapshotProject(shadow);
    onTestFinished(again.remove);
    await again.take(made);
    expect(asValues(again.files())).toEqual(asValues(project.files()));
    expect((await project.plan(made)).steps).toEqual([]);
    const state = (asked: Database) =>
      inSnapshot(asked, async () => fingerprint(await readModel(asked, main.scope)));
    expect(await state(made)).toBe(await shadow.model(main).then(fingerprint));
  });
});

await describeWith(["postgres15"], "on Postgres 15", () => {
  it.each(schemas)(
    "%s is the same to pg_dump, but for what was left out",
    async (name) => {
      const [live, made] = await madeTwice(name, 15);
      const [dump, again] = [
        [...(await schemaDump(15, live)).values()].flat().map(settled).sort(),
        [...(await schemaDump(15, made)).values()].flat().map(settled).sort(),
      ];
      expect({ lacks: without(dump, again), hasMore: without(again, dump) }).toMatchSnapshot();
    },
    timeoutMs,
  );
});

describe("on Postgres 17", () => {
  it.each(schemas)(
    "%s is the same to pg-delta, but for what was left out",
    async (name) => {
      const [live, made] = await madeTwice(name, 17);
      expect((await differenceSeenByPgDelta(made, live)).sort()).toMatchSnapshot();
    },
    timeoutMs,
  );
});
