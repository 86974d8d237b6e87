import { beforeAll, expect, it } from "vitest";
import { applyPlan } from "../../src/database/apply/apply.ts";
import type { Database } from "../../src/database/database.ts";
import { type Planned, planSchema } from "../../src/database/plan/plan.ts";
import type { Shadow } from "../../src/database/shadow/shadow.ts";
import { declaredFrom } from "../acceptance/schema/declared.ts";
import { freshDatabase } from "../services/postgres.ts";
import { liveDatabase } from "./live-database.ts";
import { sharedShadow } from "./shared-shadow.ts";

let shadow: Shadow;
beforeAll(async () => {
  shadow = await sharedShadow();
});

const users = (domain: string, id = "int", rest = ""): string =>
  `domains: { mail: { ${domain} } }\ntables: { users: { columns: { id: { type: ${id} }, mail: { type: mail } } } }\n${rest}`;
const checked = "type: text, checks: { at: \"value ~ '@'\" }";

async function prepared() {
  const { connect } = await liveDatabase(freshDatabase);
  const database = await connect();
  const planFor = (yaml: string, longLockBytes?: number): Promise<Planned> =>
    planSchema(database, {
      connection: "main",
      declared: declaredFrom(yaml),
      shadow,
      ...(longLockBytes === undefined ? {} : { longLockBytes }),
    });
  const apply = (planned: Planned): Promise<void> =>
    applyPlan(database, planned, { by: { version: "0.0.0" } });
  await apply(await planFor(users("type: text")));
  await database.script(
    "insert into users select n, 'a@' || n from generate_series(1, 1000) n; analyze users",
  );
  return { database, planFor, apply };
}

const noValidation = (database: Database) =>
  database.query<{ name: string }>("select conname::text as name from pg_constraint where not convalidated");

it("blocks what keeps others waiting for a large table, until that is approved", async () => {
  const { planFor, apply } = await prepared();
  const wide = users("type: text", "bigint");
  expect((await planFor(wide)).plan.blocked).toEqual([]);
  expect((await planFor(wide, 10_000)).plan.blocked).toMatchObject([
    { code: "long_lock", object: "users", message: expect.stringContaining("reads and writes wait") },
  ]);
  const approved = await planFor(`${wide}\napproved: { users: [long_lock] }`, 10_000);
  expect(approved.plan.blocked).toEqual([]);
  await apply(approved);
});

it("counts a check of a domain as a look at the tables that have values of it", async () => {
  const { database, planFor, apply } = await prepared();
  expect((await planFor(users(checked), 10_000)).plan.blocked).toMatchObject([
    {
      code: "long_lock",
      object: "users",
      message: expect.stringContaining("writes wait while each of 1,000 rows"),
    },
  ]);
  const planned = await planFor(users(checked));
  expect(
    planned.plan.steps.map(({ touches }) => touches.map(({ lock, scans }) => ({ lock, scans }))),
  ).toEqual([[], [{ lock: "ShareLock", scans: true }]]);
  await apply(planned);
  expect(await noValidation(database)).toEqual([]);
});

it("finishes a check of a domain that holds for new values only", async () => {
  const { database, planFor, apply } = await prepared();
  const { plan } = await planFor(users(checked));
  await database.script(plan.steps[0]?.sql ?? "");
  expect(await noValidation(database)).toEqual([{ name: "at" }]);
  await expect(database.query("insert into users values (0, 'b')")).rejects.toThrow("at");
  const rest = await planFor(users(checked));
  expect(rest.plan.steps.map(({ sql }) => sql)).toEqual(['alter domain "mail" validate constraint "at"']);
  await apply(rest);
  expect(await noValidation(database)).toEqual([]);
});
