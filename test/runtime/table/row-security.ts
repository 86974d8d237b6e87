import type { Database, Queryable } from "../../../runtime/database/database.ts";
import { isDatabaseError } from "../../../runtime/database/database.ts";
import { CallError } from "../../../runtime/error.ts";
import type { DeclaredSchema } from "../../../schema/declared.ts";
import type { TablePermissions } from "../../../schema/manifest.ts";
import type { Predicate } from "../../../schema/predicate.ts";
import { Random } from "./random.ts";
import { table, user, worldOf } from "./world.ts";

/*
 * The same rules as row security of Postgres: a policy for each rule, a second role that writes under them in a
 * transaction that is rolled back, and the Bridge's own write on the same rows. Rules look at columns that Postgres
 * computes and at what triggers change.
 */

const role = "stk_row_security";
const columns = ["id", "owner", "org", "a", "s"];
const written = columns.slice(1);
const judged = ["owner", "org", "a", "doubled", "shifted"];

/** What makes the tables, once for a database. */
export const tablesSql = `
  create table m (user_id int, org int);
  create table t (
    id int primary key, owner int default 1, org int, a numeric(4, 1), s text unique,
    doubled numeric generated always as (coalesce(a, 0) * 2) stored,
    shifted int generated always as (coalesce(org, 0) + 1) virtual);
  create function moved() returns trigger language plpgsql as $f$ begin
    new.s := lower(new.s);
    new.owner := (coalesce(new.owner, 0) + 1) % 4;
    if new.org = 0 then new.org := 2; end if;
    return new; end $f$;
  if not exists (select from pg_roles where rolname = '${role}') then create role ${role}; end if;
  grant select, insert, update, delete on t, m to ${role};`;

const trigger = "create trigger moved before insert or update on t for each row execute function moved()";

const schemaWith = (isDeclared: boolean): DeclaredSchema => {
  const t = table(
    { id: "integer", owner: "integer", org: "integer", a: "numeric(4,1)", s: "text", doubled: "numeric" },
    {
      primaryKey: { name: "t_pkey", columns: ["id"] },
      uniques: [{ name: "t_s_key", columns: ["s"] }],
    },
  );
  const generated = { doubled: ["numeric", "stored"], shifted: ["integer", "virtual"] } as const;
  return {
    enums: {},
    tables: {
      t: {
        ...t,
        columns: {
          ...t.columns,
          ...Object.fromEntries(
            Object.entries(generated).map(([name, [type, kind]]) => [
              name,
              { type, nullable: true, generated: { expression: "0", kind } },
            ]),
          ),
        },
      },
      m: table({ user_id: "integer", org: "integer" }),
    },
    objects: isDeclared ? [{ kind: "trigger", table: "t", name: "moved", sql: [trigger] }] : [],
  };
};

const small = (random: Random): number | null => (random.chance(0.15) ? null : random.below(4));

function condition(random: Random, scope: readonly string[], depth: number): Predicate {
  const kind = depth === 0 ? 0 : random.below(7);
  const inner = (): Predicate => condition(random, scope, depth - 1);
  if (kind === 4) return { [random.pick(["and", "or"])]: [inner(), inner()] };
  if (kind === 5) return { not: inner() };
  if (kind === 6)
    return {
      exists: {
        table: "m",
        where: {
          org: `$row.${random.pick(judged)}`,
          ...(random.chance(0.6) ? { user_id: "$user.id" } : condition(random, ["user_id"], 0)),
        },
      },
    };
  const column = random.pick(scope);
  const value = (): unknown => random.pick([0, 1, 2, 3, 4, "$user.id"]);
  return {
    [column]: random.pick<() => unknown>([
      value,
      () => ({ [random.pick(["ne", "gte", "lt"])]: value() }),
      () => ({ in: [value(), value()] }),
      () => ({ isNull: random.chance(0.5) }),
    ])(),
  };
}

const signs: Readonly<Record<string, string>> = { eq: "=", ne: "<>", gte: ">=", lt: "<" };

/** A condition as the text of a policy. */
function policy(predicate: Predicate, alias: string, userId: number): string {
  const list = (conditions: readonly Predicate[], word: string): string =>
    `(${conditions.map((one) => policy(one, alias, userId)).join(` ${word} `)})`;
  const terms = Object.entries(predicate).map(([key, value]): string => {
    if (key === "and" || key === "or") return list(predicate[key] ?? [], key);
    if (key === "not") return `(not ${policy(predicate.not ?? {}, alias, userId)})`;
    if (key === "exists" && predicate.exists !== undefined)
      return `exists (select from m where ${policy(predicate.exists.where, "m", userId)})`;
    const operand = (one: unknown): string => {
      if (one === "$user.id") return String(userId);
      return typeof one === "string" && one.startsWith("$row.") ? `t.${one.slice(5)}` : String(one);
    };
    const comparison = typeof value === "object" && value !== null ? value : { eq: value };
    return Object.entries(comparison)
      .map(([operator, one]) => {
        const cell = `${alias}.${key}`;
        if (operator === "isNull") return `${cell} is ${one === true ? "" : "not "}null`;
        if (operator === "in" && Array.isArray(one)) return `${cell} in (${one.map(operand).join(", ")})`;
        return `${cell} ${signs[operator]} ${operand(one)}`;
      })
      .join(" and ");
  });
  return terms.length === 0 ? "true" : `(${terms.join(" and ")})`;
}

/** Writes of which only what Postgres makes of them meets the check. */
const aims: readonly { triggered: boolean; column: string; value: unknown; check: Predicate }[] = [
  { triggered: false, column: "a", value: "1.96", check: { a: 2 } },
  { triggered: false, column: "a", value: 1, check: { doubled: 2 } },
  { triggered: false, column: "org", value: 1, check: { shifted: 2 } },
  { triggered: true, column: "owner", value: 1, check: { owner: 2 } },
  { triggered: true, column: "org", value: 0, check: { or: [{ org: 2 }, { doubled: 5 }] } },
];

type Outcome = { code: string; rows: unknown };

const stored = async (queryable: Queryable): Promise<unknown> =>
  (await queryable.query({ text: "select * from t order by id" }, [])).rows;

/** Runs a statement under row security, and forgets what it did. */
async function underPolicies(
  database: Database,
  policies: readonly string[],
  text: string,
  values: readonly unknown[],
): Promise<Outcome> {
  const undone = new Error("undone");
  let outcome: Outcome = { code: "none", rows: undefined };
  try {
    await database.transaction(async (transaction) => {
      const run = (sql: string) => transaction.query({ text: sql }, []);
      const all = ["create policy s on t for select using (true)", ...policies];
      await run(
        `do $stk$ begin alter table t enable row level security; ${all.join("; ")}; set local role ${role}; end $stk$`,
      );
      await transaction.query({ text }, values);
      await run("reset role");
      outcome = { code: "done", rows: await stored(transaction) };
      throw undone;
    });
  } catch (error) {
    if (error !== undone) outcome = { code: codeOf(error), rows: undefined };
  }
  return outcome;
}

function codeOf(error: unknown): string {
  if (error instanceof CallError) return error.code;
  if (!isDatabaseError(error)) throw error;
  if (error.code === "42501") return "forbidden";
  if (error.code === "23505") return "conflict";
  throw error;
}

/**
 * Plays one round, and says what was not as row security has it.
 *
 * @returns the outcome of row security, and a sentence where the Bridge's was another.
 */
export async function play(
  database: Database,
  seed: number,
): Promise<{ expected: string; problem?: string }> {
  const random = new Random(seed);
  const aim = random.chance(0.2) ? random.pick(aims) : undefined;
  const isTriggered = aim?.triggered ?? random.chance(0.5);
  const isDeclared = isTriggered && (aim !== undefined || random.chance(0.7));
  const userId = 1 + random.below(2);
  const run = (sql: string) => database.query({ text: sql }, []);
  const literal = (value: number | null): string => String(value);
  await run(`do $stk$ begin
    drop trigger if exists moved on t;
    delete from t;
    delete from m;
    ${random
      .list(
        4,
        (id) =>
          `insert into t values (${id}, ${[1, 2, 3].map(() => literal(small(random))).join(", ")}, '${random.pick(["x", "y"])}${id}');` +
          `insert into m values (${random.below(3)}, ${random.below(4)});`,
      )
      .join(" ")}
    ${isTriggered ? `${trigger};` : ""}
    end $stk$`);
  const checks: Predicate[] = aim
    ? [aim.check]
    : random.list(1 + random.below(2), () => condition(random, judged, 2));
  const where = aim === undefined && random.chance(0.7) ? condition(random, judged, 2) : undefined;
  const check = aim !== undefined || random.chance(0.6) ? checks[0] : undefined;
  const isInsert = random.chance(0.5);
  const chosen = isInsert ? random.some(written, 0.6) : [random.pick(written)];
  const aimed = aim === undefined ? chosen : isInsert ? [...new Set([...chosen, aim.column])] : [aim.column];
  const names = isInsert ? ["id", ...aimed] : aimed;
  const cell = (name: string, index: number): unknown => {
    if (name === aim?.column) return aim.value;
    if (name === "id") return random.chance(0.1) ? 1 : 10 + index;
    if (name === "s") return random.pick(["x0", "b", "B", "z"]) + (random.chance(0.7) ? index : "");
    // What is rounded when it is stored may meet a check that what was sent does not.
    return name === "a" && random.chance(0.3) ? "1.96" : small(random);
  };
  const rows = random.list(isInsert ? 1 + random.below(2) : 1, (index) =>
    Object.fromEntries(names.map((name) => [name, cell(name, index)])),
  );
  const target = random.below(4);
  const many = random.chance(0.3);

  const rules: TablePermissions = {
    select: { public: { columns: [...columns, "doubled", "shifted"] } },
    insert: Object.fromEntries(
      checks.map((one, index) => [`r${index}`, { columns: [...columns], set: {}, check: one }]),
    ),
    update: {
      authenticated: { columns: written, set: {}, ...(where && { where }), ...(check && { check }) },
    },
  };
  const policies = isInsert
    ? checks.map((one, index) => `create policy i${index} on t for insert with check ${wrap(one, userId)}`)
    : [
        `create policy u on t for update using ${wrap(where ?? {}, userId)}` +
          (check === undefined ? "" : ` with check ${wrap(check, userId)}`),
      ];
  const text = isInsert
    ? `insert into t (${names.join(", ")}) values ${rows
        .map((_, row) => `(${names.map((__, index) => `$${row * names.length + index + 1}`).join(", ")})`)
        .join(", ")} returning id`
    : `update t set ${names.map((name, index) => `${name} = $${index + 1}`).join(", ")} where id ${many ? ">=" : "="} ${target} returning id`;
  const values = rows.flatMap((row) => names.map((name) => row[name]));
  const expected = await underPolicies(
    database,
    policies,
    text,
    values.map((value) => (value === null ? null : String(value))),
  );

  const world = worldOf(database, schemaWith(isDeclared), { t: rules });
  const caller = user(String(userId), ["r0", "r1"]);
  let got: Outcome;
  try {
    if (isInsert) await world.call("t/insert", { values: rows.length === 1 ? rows[0] : rows }, caller);
    else
      await world.call("t/update", { where: { id: many ? { gte: target } : target }, set: rows[0] }, caller);
    got = { code: "done", rows: await stored(database) };
  } catch (error) {
    got = { code: codeOf(error), rows: undefined };
  }
  const isSame = JSON.stringify(got) === JSON.stringify(expected);
  // Where a trigger or Postgres itself has the last word on a row, its key may be met before its check.
  const isOpen =
    isTriggered ||
    /"(?:doubled|shifted)"|row\.(?:doubled|shifted)/.test(JSON.stringify([checks, where, check])) ||
    (isInsert && names.length < columns.length);
  const isSooner = isOpen && expected.code === "forbidden" && got.code === "conflict";
  // A trigger that no one declared is believed to change nothing until the row was written.
  const isStricter = isTriggered && !isDeclared && got.code === "forbidden" && expected.code !== "forbidden";
  if (isSame || isSooner || isStricter) return { expected: expected.code };
  return {
    expected: expected.code,
    problem: JSON.stringify({
      seed,
      isDeclared,
      isTriggered,
      policies,
      text,
      values,
      expected,
      got,
      sent: world.sent,
    }),
  };
}

const wrap = (predicate: Predicate, userId: number): string => `(${policy(predicate, "t", userId)})`;
