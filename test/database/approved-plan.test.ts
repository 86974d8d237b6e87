import { beforeAll, expect, it } from "vitest";
import { applyPlan } from "../../src/database/apply/apply.ts";
import { type ApprovedPlan, assertApproved } from "../../src/database/apply/approved-plan.ts";
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

const before = "tables: { t: { columns: { id: { type: int }, c: { type: text } } } }";
const after = `tables: { t: { columns: { id: { type: int, check: id > 0 }, c: { type: text, nullable: false } },
  indexes: [{ columns: [c] }] } }`;
const by = { version: "0.0.0" };
const planFor = (database: Database, yaml: string): Promise<Planned> =>
  planSchema(database, { connection: "main", declared: declaredFrom(yaml), shadow });
/** As it comes back from a file. */
const written = ({ plan }: Planned): ApprovedPlan => JSON.parse(JSON.stringify(plan));

const prepared = async () => {
  const { connect } = await liveDatabase(freshDatabase);
  const database = await connect();
  await applyPlan(database, await planFor(database, before), { by });
  await database.script("insert into t values (1, 'a'), (2, 'b')");
  return { database, connect, approved: written(await planFor(database, after)) };
};

it("lets the plan through that was approved", async () => {
  const { database, approved } = await prepared();
  await assertApproved(database, (await planFor(database, after)).plan, approved);
});

it("refuses when the declaration is another one", async () => {
  const { database, approved } = await prepared();
  const { plan } = await planFor(database, before.replace("text", "varchar"));
  await expect(assertApproved(database, plan, approved)).rejects.toMatchObject({
    code: "plan_stale",
    message: expect.stringContaining("for another declaration"),
  });
});

it("refuses when somebody has changed the database by hand", async () => {
  const { database, approved } = await prepared();
  await database.script("alter table t add constraint mine check (id < 100)");
  await expect(
    assertApproved(database, (await planFor(database, after)).plan, approved),
  ).rejects.toMatchObject({
    code: "plan_stale",
    message: expect.stringContaining("another state of the database"),
  });
});

it("refuses when rows have come to a table that was empty, for which other steps are needed", async () => {
  const { database } = await prepared();
  await database.script("delete from t");
  const approved = written(await planFor(database, after));
  await database.script("insert into t values (1, 'a')");
  await expect(
    assertApproved(database, (await planFor(database, after)).plan, approved),
  ).rejects.toMatchObject({ code: "plan_stale", message: expect.stringContaining("other steps now") });
});

it("lets the rest of an approved plan through after its apply was cut off after any of its steps", async () => {
  const { database, connect, approved } = await prepared();
  for (let stopAt = 1; stopAt < approved.steps.length; stopAt += 1) {
    const own = await connect();
    const planned = await planFor(own, after);
    if (planned.plan.steps.length < 2) break;
    const cutOff = applyPlan(own, planned, {
      by,
      onStep: (_, index) => {
        if (index === 1) throw new Error("cut off");
      },
    });
    await expect(cutOff).rejects.toThrow("cut off");
    await assertApproved(database, (await planFor(database, after)).plan, approved);
  }
  const rest = await planFor(database, after);
  await applyPlan(database, rest, { by });
  expect((await planFor(database, after)).plan.steps).toEqual([]);
});

it("refuses the rest of an approved plan where a step would be needed that is not of it", async () => {
  const { database, approved } = await prepared();
  await expect(
    applyPlan(database, await planFor(database, after), {
      by,
      onStep: (_, index) => {
        if (index === approved.steps.length - 1) throw new Error("cut off");
      },
    }),
  ).rejects.toThrow("cut off");
  await database.script("alter table t add constraint mine check (id < 100)");
  await expect(
    assertApproved(database, (await planFor(database, after)).plan, approved),
  ).rejects.toMatchObject({ code: "plan_stale", message: expect.stringContaining("not approved") });
});
