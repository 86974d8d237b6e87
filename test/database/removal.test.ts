import { expect, it, onTestFinished } from "vitest";
import { planSchema } from "../../src/database/plan/plan.ts";
import { declaredFrom } from "../acceptance/schema/declared.ts";
import { freshDatabase } from "../services/postgres.ts";
import { liveDatabase } from "./live-database.ts";
import { sharedShadow } from "./shared-shadow.ts";

it("says that it could not count what a removal destroys, rather than nothing", async () => {
  const { connect, url } = await liveDatabase(freshDatabase);
  const owner = await connect();
  const role = new URL(url).pathname.slice(1);
  await owner.script(`create role ${role}; create table t (id int, a int); create table u (a int);
    insert into t values (1, 2); insert into u values (3)`);
  onTestFinished(() => owner.script(`reset role; drop role ${role}`));
  const shadow = await sharedShadow();
  const declared = declaredFrom(
    "tables: { t: { columns: { id: { type: int } } } }\nremoved: { tables: [u], columns: { t: [a] } }",
  );
  const steps = async () => (await planSchema(owner, { connection: "main", declared, shadow })).plan.steps;

  expect(await steps()).toMatchObject([
    { sql: 'drop table "u"', destroys: { rows: 1 }, hazard: "destroys 1 row, as is declared" },
    { sql: 'alter table "t" drop column "a"', destroys: { rows: 1 } },
  ]);
  await owner.script(`set role ${role}`);
  expect(await steps()).toMatchObject([
    { destroys: { rows: null }, hazard: "destroys its rows, as is declared" },
    { destroys: { rows: null }, hazard: "destroys its values, as is declared" },
  ]);
});
