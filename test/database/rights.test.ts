import { beforeAll, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { StkError } from "../../src/core/error.ts";
import { applyPlan } from "../../src/database/apply/apply.ts";
import { readModel } from "../../src/database/catalog/read-model.ts";
import type { Database } from "../../src/database/database.ts";
import { fingerprint } from "../../src/database/model/fingerprint.ts";
import { type Planned, planSchema } from "../../src/database/plan/plan.ts";
import type { Shadow } from "../../src/database/shadow/shadow.ts";
import { inSnapshot } from "../../src/database/transaction.ts";
import { declaredFrom } from "../acceptance/schema/declared.ts";
import { freshDatabase } from "../services/postgres.ts";
import { liveDatabase } from "./live-database.ts";
import { sharedShadow } from "./shared-shadow.ts";

let shadow: Shadow;
beforeAll(async () => {
  shadow = await sharedShadow();
});

const by = { version: "0.0.0" };
const planFor = async (database: Database, yaml: string): Promise<Planned> =>
  planSchema(database, { connection: "main", declared: declaredFrom(yaml), shadow });
const stateOf = (database: Database): Promise<string> =>
  inSnapshot(database, async () => fingerprint(await readModel(database)));

/** A database of the superuser's with a schema in it, and a session of a role that may do nothing but connect. */
async function prepared(yaml: string) {
  const { connect, url } = await liveDatabase(freshDatabase);
  const admin = await connect();
  const role = `r${new URL(url).pathname.slice(6)}`;
  await admin.script(`create role ${role} login; revoke create on schema public from public`);
  onTestFinished(() => admin.script(`drop owned by ${role} cascade; drop role ${role}`));
  await applyPlan(admin, await planFor(admin, yaml), { by });
  const limited = await connect();
  await limited.script(`set role ${role}`);
  return { admin, limited, role };
}

const before = `
schemas: { audit: {} }
enums: { state: [open, done], gone: [a] }
domains: { mail: { type: text } }
composites: { pair: { attributes: { a: int } } }
sequences: { numbers: {} }
tables:
  tasks: { columns: { id: { type: int, primaryKey: true }, s: { type: state }, note: { type: text } } }
  old: { columns: { id: { type: int } } }
  audit.log: { columns: { id: { type: int, primaryKey: true } } }
functions: { twice: { sql: "create function twice(a int) returns int language sql as $$ select a * 2 $$" } }
views: { all_tasks: { sql: select id from tasks } }
`;
const after = `
schemas: { audit: {}, more: {} }
extensions: { citext: {}, file_fdw: {} }
enums: { state: [open, done, late] }
domains: { mail: { type: text, checks: { at: "value like '%@%'" } } }
composites: { pair: { attributes: { a: int, b: int } } }
sequences: { numbers: { increment: 2 } }
tables:
  tasks:
    columns: { id: { type: int, primaryKey: true }, s: { type: state }, note: { type: varchar } }
    comment: All of them
  refs: { columns: { id: { type: int, references: audit.log.id } } }
  audit.log: { columns: { id: { type: int, primaryKey: true } } }
removed: { tables: [old], enums: [gone] }
functions: { twice: { sql: "create function twice(a int) returns int language sql as $$ select a + a $$" } }
views: { all_tasks: { sql: "select id, s from tasks" } }
`;

const lacking = async (database: Database, planned: Planned): Promise<{ lacks: string; help: string }[]> => {
  const error: unknown = await applyPlan(database, planned, { by }).then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(error).toMatchObject({ code: "missing_right" });
  if (!(error instanceof StkError)) throw new Error("It is no error of stk.");
  return missing.parse(error.details).missing;
};
const missing = z.object({ missing: z.array(z.object({ lacks: z.string(), help: z.string() })) });

it("says every right that is missing before the first step, and what it says to run is enough", async () => {
  const { admin, limited, role } = await prepared(before);
  const state = await stateOf(admin);
  await expect(planFor(limited, after)).rejects.toMatchObject({
    code: "missing_right",
    message: expect.stringContaining("to own the table public.tasks"),
  });
  await admin.script(`grant usage on schema audit to ${role};
    grant select on all tables in schema public, audit to ${role}`);
  const planned = await planFor(limited, after);
  expect(planned.plan.blocked).toEqual([]);
  const found = await lacking(limited, planned);
  expect(await stateOf(admin)).toBe(state);
  const [{ database } = { database: "" }] = await admin.query<{ database: string }>(
    "select current_database() as database",
  );
  const objects = [
    "domain public.mail",
    "routine public.twice(integer)",
    "sequence public.numbers",
    "table public.old",
    "table public.tasks",
    "type public.gone",
    "type public.pair",
    "type public.state",
    "view public.all_tasks",
  ];
  expect(found.map(({ lacks }) => lacks).sort()).toEqual(
    [
      `CREATE on the database ${database}`,
      "CREATE on the schema public",
      "REFERENCES on audit.log",
      "SELECT, INSERT and UPDATE on the tables of _stk, for the record",
      "USAGE on the schema _stk, for the record",
      "to be a superuser for the extension file_fdw",
      ...objects.map((object) => `to own the ${object}, which belongs to postgres`),
    ].sort(),
  );
  expect(planned.plan.notices.map(({ kind, object }) => [kind, object])).toContainEqual(["right", "tasks"]);
  expect(planned.plan.notices.filter(({ kind }) => kind === "right")).toHaveLength(found.length - 2);

  for (const { help } of found) await admin.script(help);
  const again = await planFor(limited, after);
  expect(again.plan.notices).toEqual([]);
  await applyPlan(limited, again, { by });
  expect((await planFor(admin, after)).plan.steps).toEqual([]);
  await admin.script(`alter view all_tasks owner to ${role}`);
});

it("lets the owner of the schema drop what is in it, and a member of the owner alter what the owner has", async () => {
  const { admin, limited, role } = await prepared(before);
  const owner = `o_${role}`;
  await admin.script(`create role ${owner}; grant ${owner} to ${role}; alter table tasks owner to ${owner};
    alter schema public owner to ${role}; grant usage on schema _stk to ${role};
    grant select, insert, update on all tables in schema _stk to ${role}`);
  onTestFinished(() => admin.script(`drop owned by ${owner} cascade; drop role ${owner}`));
  const yaml = before
    .replace(/ {2}old: .*\n/, "")
    .replace("note: { type: text }", "note: { type: varchar }")
    .concat("removed: { tables: [old] }\n");
  await applyPlan(limited, await planFor(limited, yaml), { by });
  expect((await planFor(admin, yaml)).plan.steps).toEqual([]);
});

it("needs nothing but a schema of its own and one for the record", async () => {
  const { admin, limited, role } = await prepared("tables: {}");
  await admin.script(`drop schema if exists _stk cascade; grant create on schema public to ${role}`);
  const yaml = `
tables:
  a: { columns: { id: { type: int, primaryKey: true, identity: always }, b: { type: int, references: b.id } } }
  b: { columns: { id: { type: bigserial, primaryKey: true } }, indexes: [{ columns: [id] }] }
views: { v: { sql: select id from a } }
`;
  const planned = await planFor(limited, yaml);
  expect(planned.plan.notices).toEqual([]);
  expect(await lacking(limited, planned)).toEqual([
    {
      lacks: expect.stringMatching(/^CREATE on the database .*, for the record$/),
      help: `create schema _stk authorization ${role}`,
    },
  ]);
  await admin.script(`create schema _stk authorization ${role}`);
  await applyPlan(limited, planned, { by });
  expect((await planFor(limited, yaml)).plan.steps).toEqual([]);
});
