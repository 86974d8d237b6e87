import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tableUses } from "../../src/core/table-use.ts";
import { applyPlan } from "../../src/database/apply/apply.ts";
import type { Database } from "../../src/database/database.ts";
import { openPglite } from "../../src/database/pglite.ts";
import { planSchema } from "../../src/database/plan/plan.ts";
import type { Shadow } from "../../src/database/shadow/shadow.ts";
import { declaredFrom } from "../acceptance/schema/declared.ts";
import { sharedShadow } from "./shared-shadow.ts";

const running = `enums: { mood: [sad, ok] }
tables: { t: { columns: { id: { type: integer, primaryKey: true }, title: { type: text }, m: { type: mood }, n: { type: integer, nullable: false, default: 1 } } } }`;
const release = {
  schema: declaredFrom(running),
  uses: tableUses("main", {
    t: {
      select: { user: { columns: ["id", "title", "m"] } },
      insert: { user: { columns: ["id", "title"], set: {} } },
    },
  }),
  statements: [{ call: "t/list", sql: "select id, title from t order by title" }],
};

let shadow: Shadow;
let database: Database;
beforeAll(async () => {
  [shadow, database] = await Promise.all([sharedShadow(), openPglite()]);
  const planned = await planSchema(database, { connection: "main", declared: release.schema, shadow });
  await applyPlan(database, planned, { by: { version: "test" } });
}, 60_000);
afterAll(() => database.close());

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
    "breaks_release t.title: The column `t.title` does not exist. Calls of the running release fail: db/main/t/select, db/main/t/insert.",
    'breaks_release t/list: The call t/list would fail: column "title" does not exist.',
  ]);
});

it("blocks a column that the running release would have to give a value", async () => {
  const needed = running.replace(
    "m: { type: mood }",
    "m: { type: mood }, due: { type: date, nullable: false }",
  );
  expect(await broken(needed)).toEqual([
    "breaks_release t.due: The column `t.due` is NOT NULL without a default, and not every insert can give it a value. Calls of the running release fail: db/main/t/insert.",
  ]);
});

it("blocks a type that the running release cannot work with, and lets it through where that is approved", async () => {
  const changed = running.replace("id: { type: integer", "id: { type: text");
  expect(await broken(changed)).toEqual([
    "breaks_release t.id: The column `t.id` is `text`, not `integer`. Calls of the running release fail: db/main/t/select, db/main/t/insert.",
  ]);
  expect(await broken(`${changed}\napproved: { t.id: [breaks_release] }`)).toEqual([]);
});

it("lets through what is stricter or wider in a way that the running release can serve", async () => {
  const changed = running
    .replace("id: { type: integer", "id: { type: bigint")
    .replace("title: { type: text }", "title: { type: varchar(20), nullable: false }")
    .replace("m: { type: mood }", "m: { type: mood, nullable: false, default: ok }");
  expect(await broken(changed)).toEqual([]);
});

describe("where it is not known what is running", () => {
  const plan = async (yaml: string) => {
    const declared = declaredFrom(yaml);
    return (await planSchema(database, { connection: "main", declared, shadow, release: "unknown" })).plan;
  };
  const due = (rest: string) =>
    running.replace("m: { type: mood }", `m: { type: mood }, due: { type: date${rest} }`);

  it("blocks a NOT NULL column without a default, also where the table is empty, and names the ways", async () => {
    const { blocked } = await plan(due(", nullable: false"));
    expect(blocked).toEqual([
      {
        code: "breaks_inserts",
        object: "t.due",
        message:
          "The new column t.due is NOT NULL without a default: every insert of the running release fails, since it gives no value.",
        wayOut: expect.stringMatching(/default.*two steps.*approved: \{ t\.due: \[breaks_inserts\] \}/),
      },
    ]);
    const filled = await plan(due(', nullable: false, backfill: "current_date"'));
    expect(filled.blocked.map(({ code }) => code)).toEqual(["breaks_inserts"]);
  });

  it.each([
    ["nullable", due("")],
    ["with a default", due(", nullable: false, default: current_date")],
    [
      "of a new table",
      `${running.slice(0, -1)}, u: { columns: { id: { type: integer, primaryKey: true }, due: { type: date, nullable: false } } } }`,
    ],
    ["approved", `${due(", nullable: false")}\napproved: { t.due: [breaks_inserts] }`],
  ])("lets through a new column that is %s, without a warning", async (_, yaml) => {
    const { blocked, warnings } = await plan(yaml);
    expect({ blocked, warnings }).toEqual({ blocked: [], warnings: [] });
  });

  it.each([
    [
      "id: { type: integer",
      "id: { type: bigint",
      'answers_change t.id: t.id becomes bigint: the next release and the SQL of TypeScript give it as text ("1" for 1). The calls of the running one go on giving numbers.',
    ],
    [
      "title: { type: text }",
      "title: { type: varchar(20) }",
      "writes_refused t.title: t.title becomes character varying(20): a write that it cannot hold is refused.",
    ],
    [
      "title: { type: text }",
      "title: { type: json }",
      "calls_fail t.title: t.title becomes json: calls of a release that was built for text fail.",
    ],
    [
      "title: { type: text }",
      "title: { type: text, nullable: false }",
      "writes_refused t.title: t.title becomes NOT NULL: a write that gives it null is refused.",
    ],
    [
      "title: { type: text }",
      "title: { type: text, check: length(title) < 9 }",
      "writes_refused t: The check t_title_check of t is new: a write that breaks it is refused.",
    ],
    [
      "title: { type: text }",
      "title: { type: text, unique: true }",
      "writes_refused t: The unique constraint t_title_key of t is new: a write that breaks it is refused.",
    ],
    [
      "m: { type: mood }",
      "m: { type: mood }, p: { type: integer, references: t.id }",
      "writes_refused t: The foreign key t_p_fkey of t is new: a write that breaks it is refused.",
    ],
    ["m: { type: mood }", "m: { type: mood, default: ok }", undefined],
    [
      "n: { type: integer, nullable: false, default: 1 }",
      "n: { type: integer, default: 1 }",
      "answers_change t.n: t.n may be null from then on, also in answers.",
    ],
    [
      "n: { type: integer, nullable: false, default: 1 }",
      "n: { type: integer, nullable: false }",
      "writes_refused t.n: t.n loses its default: an insert that gives it no value is refused.",
    ],
    [
      "default: 1 }",
      "default: 2 }",
      "answers_change t.n: t.n gets another default: an insert that gives it no value stores that.",
    ],
    [
      "default: 1 } }",
      "default: 1 } }, rowSecurity: { policies: { all_of_it: { using: 'true' } } }",
      "answers_change t: Row security of t: a role that is subject to it sees and writes only what policies permit.",
    ],
  ])("of %s to %s says what that means to a release", async (from, to, said) => {
    const { warnings } = await plan(running.replace(from, to));
    expect(warnings.map(({ kind, object, message }) => `${kind} ${object}: ${message}`)).toEqual(
      said === undefined ? [] : [said],
    );
  });

  it("of a column that was generated before says no write of it fails", async () => {
    const [one, two] = ["stored", "virtual"].map((kind) =>
      declaredFrom(
        running.replace(
          "default: 1 } }",
          `default: 1 }, g: { type: integer, generated: { expression: n + 1, kind: ${kind} } } }`,
        ),
      ),
    );
    if (one === undefined || two === undefined) throw new Error("There are two.");
    const own = await openPglite();
    try {
      const first = await planSchema(own, { connection: "main", declared: one, shadow });
      await applyPlan(own, first, { by: { version: "test" } });
      const { plan: next } = await planSchema(own, { connection: "main", declared: two, shadow, release });
      expect(next.steps.map(({ description }) => description).join()).toContain("t.g");
      expect(next.warnings).toEqual([]);
    } finally {
      await own.close();
    }
  });
});
