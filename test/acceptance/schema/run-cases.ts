import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { applyPlan } from "../../../src/database/apply/apply.ts";
import { readModel } from "../../../src/database/catalog/read-model.ts";
import { embeddableExtensions } from "../../../src/database/contrib.ts";
import type { Database } from "../../../src/database/database.ts";
import { fingerprint } from "../../../src/database/model/fingerprint.ts";
import { openPglite } from "../../../src/database/pglite.ts";
import { type Plan, type Planned, planSchema } from "../../../src/database/plan/plan.ts";
import { openPostgres } from "../../../src/database/postgres.ts";
import { makeSchema } from "../../../src/database/shadow/make-schema.ts";
import type { Shadow } from "../../../src/database/shadow/shadow.ts";
import { inSnapshot, inTransaction } from "../../../src/database/transaction.ts";
import { sharedShadow } from "../../database/shared-shadow.ts";
import { isLongRun } from "../../services/long-run.ts";
import { describeWith } from "../../services/needs.ts";
import { differenceSeenByPgDelta } from "../../services/pg-delta.ts";
import { differenceSeenByPgDump } from "../../services/pg-dump.ts";
import type { freshDatabase } from "../../services/postgres.ts";
import type { PostgresVersion } from "../../services/postgres-server.ts";
import { clean } from "./clean.ts";
import { declaredFrom } from "./declared.ts";
import { rowsOf } from "./rows.ts";
import { asideOf, isAllInPublic, makeAsides, setAside } from "./set-aside.ts";
import { type UnchangedCatalog, withUnchangedCatalog } from "./unchanged-catalog.ts";

/** A schema that is there, one that is declared, and what must come of it. */
export type Case = {
  name: string;
  /** What was declared and applied before, as YAML. */
  old?: string;
  /** SQL that is run after: rows, and what only SQL can make. */
  seed?: string;
  new: string;
  /** Whether the steps that are expected are those that let others go on meanwhile. */
  online?: true;
  /** The descriptions of the plan's steps, each with its transaction, ` (2)`, after the first. */
  steps?: readonly string[];
  /** The plan's SQL, where the words matter. */
  sql?: readonly string[];
  /** `code object: message` of what is blocked. Nothing is applied then. */
  blocked?: readonly string[];
  /** What is told to do about it, of the first. */
  wayOut?: string;
  /** How many rows each step that takes data away destroys, by its description. */
  destroys?: Readonly<Record<string, number>>;
  /** The objects that are only noticed. */
  notices?: readonly string[];
  /** Rows as they must be afterwards, by query. Without it every old column must hold what it held. */
  rows?: Readonly<Record<string, readonly Record<string, unknown>[]>>;
  /** What else is in the database than what is declared, so that it is not compared with one made anew. */
  more?: true;
  /** Whether it is about what the embedded Postgres lacks. */
  serversOnly?: true;
};

/** A Postgres to try cases on. */
type Target = {
  open(): Promise<{ url: string; database: UnchangedCatalog; drop(): Promise<void> }>;
  /**
   * Whether the steps of a case are applied that let others go on meanwhile, whatever it expects of the plain ones: of
   * all, of one in two, or of none.
   */
  appliesOnline?: "all" | "half";
  /** Whether what is made is compared with what is made anew in the eyes of the engine too. */
  seenByEngine?: true;
  /** How another tool tells what two databases differ in. */
  difference?(url: string, reference: string): Promise<string[]>;
};

/**
 * Tries each case on the newest Postgres or on the oldest, in turn; `npm run test:long` tries every case on each Postgres
 * from 18 to 15, and on the embedded one. What is blocked changes nothing, so it is tried on no other than these two.
 * The outcome must be what the new declaration makes in an empty database: in the eyes of the server's own `pg_dump`
 * where there is one, of pg-delta on one other, else of the engine.
 */
export async function runCases(cases: readonly Case[], fresh: typeof freshDatabase): Promise<void> {
  let opened: Promise<Shadow>;
  beforeAll(async () => {
    opened = sharedShadow().then(remembering);
    await opened;
  });
  afterAll(async () => (await opened).close());
  const applied = isLongRun ? cases.filter(({ blocked }) => blocked === undefined) : [];
  const turn = (one: number) => cases.filter((_, index) => isLongRun || index % 2 === one);
  const tryOn = (name: string, target: Target, some: readonly Case[]) => {
    if (some.length > 0) describe(name, () => tryAll(some, target, () => opened));
  };
  tryOn(
    "on Postgres 18",
    {
      open: onServer(18, fresh),
      appliesOnline: isLongRun ? "all" : "half",
      seenByEngine: true,
      ...(isLongRun ? {} : { difference: differenceSeenByPgDelta }),
    },
    turn(0),
  );
  tryOn(
    "on Postgres 17",
    { open: onServer(17, fresh), seenByEngine: true, difference: differenceSeenByPgDelta },
    applied,
  );
  tryOn("on Postgres 16", { open: onServer(16, fresh), seenByEngine: true }, applied);
  tryOn(
    "on PGlite",
    { open: onPglite, seenByEngine: true },
    applied.filter(({ serversOnly }) => serversOnly !== true),
  );
  const oldest = turn(1);
  if (oldest.length > 0)
    await describeWith(["postgres15"], "on Postgres 15", () =>
      tryAll(
        oldest,
        {
          open: onServer(15, fresh),
          appliesOnline: isLongRun ? "all" : "half",
          difference: (url, reference) => differenceSeenByPgDump(15, url, reference),
        },
        () => opened,
      ),
    );
}

const onServer = (version: PostgresVersion, fresh: typeof freshDatabase) => async () => {
  const { url, drop } = await fresh({ version });
  return {
    url,
    drop,
    database: withUnchangedCatalog(
      await openPostgres({ url, applicationName: "test", connectTimeoutMs: 5_000 }),
    ),
  };
};

const onPglite = async () => ({
  url: "pglite:",
  database: withUnchangedCatalog(await openPglite({ extensions: embeddableExtensions })),
  drop: async () => {},
});

/** A shadow that makes what a case declares, and runs each trial, once for all versions of Postgres. */
function remembering(shadow: Shadow): Shadow {
  const models = new Map<string, ReturnType<Shadow["model"]>>();
  const trials = new Map<string, unknown>();
  return {
    ...shadow,
    model(...asked) {
      const key = JSON.stringify(asked);
      const model = models.get(key) ?? shadow.model(...asked);
      models.set(key, model);
      return model;
    },
    async stage(extensions, work, remembered) {
      if (remembered === undefined) return shadow.stage(extensions, work);
      const key = JSON.stringify([extensions, remembered.about]);
      const known = remembered.format.safeParse(trials.get(key));
      if (known.success) return known.data;
      const result = await shadow.stage(extensions, work);
      trials.set(key, result);
      return result;
    },
  };
}

function tryAll(cases: readonly Case[], target: Target, opened: () => Promise<Shadow>): void {
  let shadow: Shadow;
  let databases: Awaited<ReturnType<Target["open"]>>[];
  beforeAll(async () => {
    shadow = await opened();
    databases = await Promise.all([target.open(), target.open()]);
    if (target.difference !== undefined)
      await Promise.all(databases.map(({ database }) => makeAsides(database, cases.length)));
  });
  afterAll(async () => {
    for (const { database, drop } of databases) {
      await database.close();
      await drop();
    }
  });
  beforeEach(async () => {
    await Promise.all(databases.map(({ database }) => clean(database)));
  });

  const aside = new Map<string, string>();
  it.each(cases.map((one, index) => ({ ...one, index })))("$name", async ({ index, ...one }) => {
    const [own, reference] = databases;
    if (own === undefined || reference === undefined) throw new Error("There are no databases.");
    const { database } = own;
    const plan = async (yaml: string, online = one.online ?? false): Promise<Planned> =>
      planSchema(database, { connection: "main", declared: declaredFrom(yaml), shadow, online });
    const declared = declaredFrom(one.new);
    const stateOf = (asked: Database): Promise<string> =>
      inSnapshot(asked, async () => fingerprint(await readModel(asked, declared.scope)));
    const apply = (planned: Planned): Promise<void> =>
      applyPlan(database, planned, { by: { version: "test" } });

    const { old } = one;
    if (old !== undefined) await inTransaction(database, () => makeSchema(database, declaredFrom(old)));
    if (one.seed !== undefined) await database.script(one.seed);
    const rowsBefore = await rowsOf(database);

    const planned = await plan(one.new);
    expect(planned.plan.blocked.map(({ code, object, message }) => `${code} ${object}: ${message}`)).toEqual(
      one.blocked ?? [],
    );
    if (one.wayOut !== undefined) expect(planned.plan.blocked[0]?.wayOut).toBe(one.wayOut);
    const destroys = planned.plan.steps.flatMap(({ description, destroys: taken }) =>
      taken === undefined ? [] : [[description, taken.rows]],
    );
    expect(Object.fromEntries(destroys)).toEqual(one.destroys ?? {});
    for (const { sql } of planned.plan.steps)
      expect(sql).not.toMatch(/\bdrop .*\bcascade\b|^(truncate|delete)/i);
    for (const { sql } of planned.plan.blocked)
      if (sql !== undefined) expect(sql).toMatch(/^(select|alter table)/);
    if (one.steps !== undefined) expect(stepsOf(planned.plan)).toEqual(one.steps);
    if (one.sql !== undefined) expect(planned.plan.steps.map(({ sql }) => sql)).toEqual(one.sql);
    expect(planned.plan.notices.map(({ object }) => object)).toEqual(one.notices ?? []);
    expect(JSON.parse(JSON.stringify(planned.plan))).toEqual(planned.plan);

    if (one.blocked !== undefined) {
      await expect(apply(planned)).rejects.toMatchObject({ code: "apply_blocked", exitCode: 4 });
      expect(await stateOf(database)).toBe(planned.plan.live);
      return;
    }
    const { appliesOnline } = target;
    const isOnline = appliesOnline === "all" || (appliesOnline === "half" && index % 2 === 0);
    await apply(isOnline ? await plan(one.new, true) : planned);
    database.forget(); // what was applied is to be there for others
    const second = (await plan(one.new, true)).plan;
    expect(second.steps).toEqual([]);
    expect(second.blocked).toEqual([]);

    if (one.rows === undefined) expect(await rowsOf(database, rowsBefore)).toEqual(rowsBefore);
    for (const [query, rows] of Object.entries(one.rows ?? {}))
      expect(await database.query(query)).toEqual(rows);

    if (one.more === true) return;
    const problems = await inTransaction(reference.database, () => makeSchema(reference.database, declared));
    expect(problems).toEqual([]);
    if (target.seenByEngine) expect(second.live).toBe(await stateOf(reference.database));
    if (target.difference === undefined) return;
    const both = [database, reference.database];
    if ((await Promise.all(both.map(isAllInPublic))).includes(false)) {
      expect(await target.difference(own.url, reference.url)).toEqual([]);
      return;
    }
    await Promise.all(both.map((one) => setAside(one, index)));
    aside.set(asideOf(index), one.name);
  });

  if (target.difference !== undefined)
    it("has made what a new database gets, in the eyes of another tool", async () => {
      const [own, reference] = databases;
      const seen = await target.difference?.(own?.url ?? "", reference?.url ?? "");
      expect(seen?.map((line) => line.replace(/aside_\d+/g, (name) => aside.get(name) ?? name))).toEqual([]);
    });
}

/** Without the names of NOT NULL, which servers before 18 do not keep. */
const stepsOf = ({ steps }: Plan): string[] =>
  steps
    .filter(({ description }) => !description.startsWith("Rename the not-null constraint"))
    .map(({ description, transaction }) =>
      transaction === 1 ? description : `${description} (${transaction})`,
    );
