import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Caller } from "../../../runtime/caller.ts";
import type { Database } from "../../../runtime/database/database.ts";
import { CallError } from "../../../runtime/error.ts";
import type { DeclaredSchema } from "../../../schema/declared.ts";
import type { TablePermissions } from "../../../schema/manifest.ts";
import type { Predicate } from "../../../schema/predicate.ts";
import { isLongRun } from "../../services/long-run.ts";
import { type Data, filtered, matches, type Row, readable, seen, sorted, type Value } from "./model.ts";
import { Random } from "./random.ts";
import { databaseWith, table, type World, worldOf } from "./world.ts";

/*
 * Random rules, callers, rows and calls. `a` and `s` stand in no rule's condition, so that their hidden cells can be
 * changed without changing what is hidden.
 */
const numbers = ["id", "owner", "org", "a"];
const columns = [...numbers, "s"];
const judgedColumns = ["id", "owner", "org"];
const roles = ["public", "authenticated", "r1", "r2", "r3"];
const schema: DeclaredSchema = {
  enums: {},
  tables: {
    t: table(
      { id: "integer", owner: "integer", org: "integer", a: "integer", s: "text" },
      { primaryKey: { name: "t_pkey", columns: ["id"] } },
    ),
    m: table({ user_id: "integer", org: "integer" }),
  },
};
const rounds = isLongRun ? 2_000 : 120;

let database: Database;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ database, close } = await databaseWith(
    'create table t (id int primary key, owner int, org int, a int, s text collate "C"); create table m (user_id int, org int);',
  ));
});
afterAll(() => close());

const small = (random: Random): number | null => (random.chance(0.2) ? null : random.below(4));
const word = (random: Random): string | null =>
  random.chance(0.2) ? null : random.pick(["a", "b", "ab", "ba", "A"]);

const someData = (random: Random): Data => ({
  t: random.list(2 + random.below(8), (id) => ({
    id,
    owner: small(random),
    org: small(random),
    a: small(random),
    s: word(random),
  })),
  m: random.list(random.below(5), () => ({ user_id: small(random), org: small(random) })),
});

/** A condition of a rule. `scope` are the columns, `row` those that $row may name. */
function ruleCondition(random: Random, scope: readonly string[], depth: number): Predicate {
  const kind = depth === 0 ? 0 : random.below(8);
  if (kind === 5)
    return {
      [random.pick(["and", "or"])]: random.list(1 + random.below(2), () =>
        ruleCondition(random, scope, depth - 1),
      ),
    };
  if (kind === 6) return { not: ruleCondition(random, scope, depth - 1) };
  if (kind === 7)
    return { exists: { table: "m", where: ruleCondition(random, ["user_id", "org"], depth - 1) } };
  const value = (): Value =>
    random.pick([0, 1, 2, "$user.id", "$claims.x", "$claims.y", "$row.owner", "$row.org", "$row.id"]);
  const comparison = random.pick<() => unknown>([
    value,
    () => ({ [random.pick(["eq", "ne", "gt", "lte"])]: value() }),
    () => ({
      in: random.pick<() => unknown>([
        () => "$claims.list",
        () => "$claims.x",
        () => [1, 2],
        () => [value(), 3],
      ])(),
    }),
    () => ({ isNull: random.chance(0.5) }),
  ])();
  return { [random.pick(scope)]: comparison };
}

const maybe = <T>(random: Random, key: string, make: () => T): Record<string, T> =>
  random.chance(0.7) ? { [key]: make() } : {};

function somePermissions(random: Random): TablePermissions {
  // A few conditions for all rules, so that some of them are equal.
  const pool = [
    { owner: "$user.id" },
    { org: { gte: 1 } },
    ...random.list(2, () => ruleCondition(random, judgedColumns, 3)),
  ];
  const where = (): Record<string, Predicate> => maybe(random, "where", () => random.pick(pool));
  const check = (): Record<string, Predicate> =>
    random.chance(0.4)
      ? {
          check: random.chance(0.2)
            ? {}
            : random.chance(0.5)
              ? random.pick(pool)
              : ruleCondition(random, judgedColumns, 2),
        }
      : {};
  const set = (): Record<string, Value> =>
    random.chance(0.4)
      ? { [random.pick(["owner", "org", "a"])]: random.pick([1, "$user.id", "$claims.x", null]) }
      : {};
  const given = (most: number): string[] =>
    [random.pick(columns), ...random.some(columns, most)].filter(
      (name, index, all) => all.indexOf(name) === index,
    );
  const byRole = <T>(make: () => T): Record<string, T> =>
    Object.fromEntries(random.some(roles, 0.6).map((role) => [role, make()]));
  return {
    select: byRole(() => ({ columns: given(0.6), ...where() })),
    insert: byRole(() => ({ columns: ["id", ...given(0.8)], set: set(), ...check() })),
    update: byRole(() => ({ columns: given(0.7), set: set(), ...where(), ...check() })),
    delete: byRole(() => ({ ...where() })),
  };
}

function someCaller(random: Random): Caller {
  const authenticated = random.chance(0.9);
  const held = authenticated ? ["authenticated", "public", ...random.some(["r1", "r2", "r3"])] : ["public"];
  const claims: Record<string, unknown> = {};
  for (const name of ["x", "y", "list"]) {
    const value = random.pick<unknown>([0, 1, 2, "1", "no", null, [], [1, 2], ["2"], [1, null], [1, "no"]]);
    if (random.chance(0.9)) claims[name] = value;
  }
  return {
    authenticated,
    id: authenticated ? random.pick(["0", "1", "2", "no"]) : undefined,
    roles: held.sort(),
    claims,
  };
}

function callCondition(random: Random, scope: readonly string[], depth: number): Predicate {
  const kind = depth === 0 ? 0 : random.below(6);
  if (kind === 4)
    return {
      [random.pick(["and", "or"])]: random.list(1 + random.below(2), () =>
        callCondition(random, scope, depth - 1),
      ),
    };
  if (kind === 5) return { not: callCondition(random, scope, depth - 1) };
  const column = random.pick(scope);
  const value = (): Value => (column === "s" ? word(random) : small(random));
  const operators = [
    "eq",
    "ne",
    "gt",
    "gte",
    "lt",
    "lte",
    "in",
    "isNull",
    ...(column === "s" ? ["like", "ilike"] : []),
  ];
  const operator = random.pick(operators);
  if (operator === "in") return { [column]: { in: random.list(random.below(3), value) } };
  if (operator === "isNull") return { [column]: { isNull: random.chance(0.5) } };
  if (operator === "like" || operator === "ilike")
    return { [column]: { [operator]: random.pick(["%a%", "a%", "_b", "b"]) } };
  return { [column]: random.chance(0.3) ? value() : { [operator]: value() } };
}

async function store({ t, m }: Data): Promise<void> {
  await database.query({ text: "truncate t, m" }, []);
  await database.query({ text: "insert into t select * from json_populate_recordset(null::t, $1::json)" }, [
    JSON.stringify(t),
  ]);
  await database.query({ text: "insert into m select * from json_populate_recordset(null::m, $1::json)" }, [
    JSON.stringify(m),
  ]);
}

const stored = async (): Promise<unknown[]> =>
  (await database.query({ text: "select * from t order by id" }, [])).rows;

type Outcome = { answer: unknown } | { error: string };

async function outcome(world: World, call: string, params: unknown, caller: Caller): Promise<Outcome> {
  try {
    return { answer: await world.call(call, params, caller) };
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    return { error: error.code };
  }
}

const unordered = (rows: readonly unknown[]): string[] =>
  rows.map((row) => JSON.stringify(row, columns)).sort();

/** The error of a call that no rule of the caller's is for; undefined where one is. */
function refusal(rules: Record<string, unknown> | undefined, caller: Caller): string | undefined {
  if (Object.keys(rules ?? {}).length === 0) return "not_found";
  if (caller.roles.some((role) => Object.hasOwn(rules ?? {}, role))) return undefined;
  return caller.authenticated ? "forbidden" : "unauthenticated";
}

type Round = { random: Random; data: Data; rules: TablePermissions; caller: Caller; world: World };

async function inRounds(seed: number, check: (round: Round) => Promise<boolean>): Promise<void> {
  let decided = 0;
  for (let round = 0; round < rounds; round += 1) {
    const random = new Random(seed * 1_000_000 + round);
    const [data, rules, caller] = [someData(random), somePermissions(random), someCaller(random)];
    await store(data);
    const world = worldOf(database, schema, { t: rules });
    try {
      if (await check({ random, data, rules, caller, world })) decided += 1;
    } catch (error) {
      throw new Error(
        `seed ${seed}, round ${round}: ${JSON.stringify({ rules, caller, data, sent: world.sent })}`,
        { cause: error },
      );
    }
  }
  expect(decided).toBeGreaterThan(rounds / 10);
}

describe("a model in plain JavaScript agrees", () => {
  it("on what a select gives", async () => {
    await inRounds(1, async ({ random, data, rules, caller, world }) => {
      const scope = random.chance(0.8) ? readable(rules, caller) : columns;
      const wanted = scope.length > 0 ? random.some(scope) : [];
      const byId = scope.includes("id");
      const keys =
        scope.length === 0
          ? []
          : random.list(random.below(3), () => ({
              column: random.pick(scope),
              direction: random.pick(["asc", "desc"]),
              ...(random.chance(0.5) ? { nulls: random.pick(["first", "last"]) } : {}),
            }));
      const params = {
        ...(wanted.length > 0 ? { columns: wanted } : {}),
        ...(scope.length > 0 && random.chance(0.8) ? { where: callCondition(random, scope, 3) } : {}),
        orderBy: byId ? [...keys, { column: "id" }] : keys,
      };
      const got = await outcome(world, "t/select", params, caller);
      const refused = refusal(rules.select, caller);
      if (refused !== undefined) {
        expect(got).toEqual({ error: refused });
        return false;
      }
      const mine = readable(rules, caller);
      const named = (JSON.stringify(params).match(/"(?:id|owner|org|a|s)"/g) ?? []).map(String);
      if (named.some((name) => !mine.includes(JSON.parse(name)))) {
        // A value of `s` is spelled like a column, so only what is surely not the caller's is asked for.
        if (!named.includes('"a"') || mine.includes("a")) expect(got).toEqual({ error: "forbidden" });
        return false;
      }
      const rows = data.t.flatMap((row) => {
        const visible = seen(row, rules, caller, data);
        return visible !== undefined && filtered(params.where, row, rules, caller, data) ? [visible] : [];
      });
      const expected = sorted(rows, params.orderBy).map((row) =>
        Object.fromEntries((params.columns ?? mine).map((name) => [name, row[name]])),
      );
      if (!("answer" in got) || !Array.isArray(got.answer))
        throw new Error(`It was refused: ${JSON.stringify(got)}`);
      // An id that is hidden in some rows leaves them in any order.
      const isTotal = byId && rows.every((row) => row.id !== null);
      if (isTotal) expect(got.answer).toEqual(expected);
      else expect(unordered(got.answer)).toEqual(unordered(expected));
      return rows.length > 0;
    });
  }, 120_000);

  it("on what an update or a delete does", async () => {
    await inRounds(2, async ({ random, data, rules, caller, world }) => {
      const scope = readable(rules, caller);
      if (scope.length === 0) return false;
      const isDelete = random.chance(0.3);
      const names = [random.pick(columns.slice(1)), ...random.some(columns.slice(1), 0.2)].filter(
        (name, index, list) => list.indexOf(name) === index,
      );
      const set: Row = Object.fromEntries(
        names.map((name) => [name, name === "s" ? word(random) : small(random)]),
      );
      const where = random.chance(0.5)
        ? { or: [{ [random.pick(scope)]: { isNull: false } }, callCondition(random, scope, 1)] }
        : callCondition(random, scope, 2);
      const got = await outcome(
        world,
        isDelete ? "t/delete" : "t/update",
        isDelete ? { where } : { where, set },
        caller,
      );
      const refused = refusal(isDelete ? rules.delete : rules.update, caller);
      if (refused !== undefined) {
        expect(got).toEqual({ error: refused });
        return false;
      }
      const expected = isDelete
        ? modelDelete(data, rules, caller, where)
        : modelUpdate(data, rules, caller, where, set);
      if (typeof expected === "string") {
        expect(got).toEqual({ error: expected });
        expect(await stored()).toEqual(data.t);
        return expected === "forbidden";
      }
      if (!("answer" in got)) throw new Error(`It was refused: ${JSON.stringify(got)}`);
      const { count, rows } = got.answer as { count: number; rows: unknown[] };
      expect(await stored()).toEqual(expected.after);
      expect(count).toBe(expected.count);
      expect(unordered(rows)).toEqual(unordered(expected.rows));
      return count > 0;
    });
  }, 120_000);

  it("on what an insert does", async () => {
    await inRounds(3, async ({ random, data, rules, caller, world }) => {
      const names = ["id", ...random.some(columns.slice(1), 0.4)];
      const values = random.list(1 + random.below(3), (index) =>
        Object.fromEntries(
          names.map((name) => [
            name,
            name === "id" ? 100 + index : name === "s" ? word(random) : small(random),
          ]),
        ),
      );
      const got = await outcome(world, "t/insert", { values }, caller);
      const refused = refusal(rules.insert, caller);
      if (refused !== undefined) {
        expect(got).toEqual({ error: refused });
        return false;
      }
      const written = modelInsert(data, rules, caller, names, values);
      if (written === undefined) {
        expect(got).toEqual({ error: "forbidden" });
        expect(await stored()).toEqual(data.t);
        return true;
      }
      const rows = shownOf(written, rules, caller, data);
      expect(got).toEqual({ answer: { count: values.length, rows } });
      expect(await stored()).toEqual([...data.t, ...written]);
      return true;
    });
  }, 120_000);
});

describe("a hidden cell", () => {
  it("changes nothing of what a call answers", async () => {
    await inRounds(4, async ({ random, data, rules, caller, world }) => {
      const scope = readable(rules, caller);
      if (scope.length === 0) return false;
      const call = random.pick(["t/select", "t/select", "t/update", "t/delete"]);
      const where = callCondition(random, scope, 3);
      const params = {
        "t/select": {
          where,
          orderBy: random.some(scope).map((column) => ({ column, direction: random.pick(["asc", "desc"]) })),
          limit: 1 + random.below(5),
        },
        "t/update": { where, set: { [random.pick(["owner", "org"])]: small(random) } },
        "t/delete": { where },
      }[call];
      const before = await outcome(world, call, params, caller);
      let changed = 0;
      const other: Data = {
        m: data.m,
        t: data.t.map((row) => {
          const own = caller.roles
            .flatMap((role) => rules.select?.[role] ?? [])
            .filter((rule) => matches(rule.where, row, caller, data) === true);
          const hidden = ["a", "s"].filter((name) => !own.some((rule) => rule.columns.includes(name)));
          changed += hidden.length;
          return {
            ...row,
            ...Object.fromEntries(hidden.map((name) => [name, name === "s" ? word(random) : small(random)])),
          };
        }),
      };
      await store(other);
      // An update may move a row to where a rule shows a cell that it hid before.
      if (call === "t/update" && "answer" in before) {
        const after = await outcome(world, call, params, caller);
        expect("answer" in after && (after.answer as { count: number }).count).toBe(
          (before.answer as { count: number }).count,
        );
      } else {
        expect(JSON.stringify(await outcome(world, call, params, caller))).toBe(JSON.stringify(before));
      }
      return changed > 0 && "answer" in before;
    });
  }, 120_000);
});

const shownOf = (rows: readonly Row[], rules: TablePermissions, caller: Caller, data: Data): Row[] =>
  rows.map((row) => seen(row, rules, caller, data)).filter((row) => row !== undefined);

type Written = { count: number; rows: Row[]; after: Row[] };

function modelDelete(data: Data, rules: TablePermissions, caller: Caller, where: Predicate): Written {
  const own = caller.roles.flatMap((role) => rules.delete?.[role] ?? []);
  const gone = data.t.filter(
    (row) =>
      filtered(where, row, rules, caller, data) &&
      own.some((rule) => matches(rule.where, row, caller, data) === true),
  );
  return {
    count: gone.length,
    rows: shownOf(gone, rules, caller, data),
    after: data.t.filter((row) => !gone.includes(row)),
  };
}

function modelUpdate(
  data: Data,
  rules: TablePermissions,
  caller: Caller,
  where: Predicate,
  set: Row,
): Written | "forbidden" {
  const usable = usableRules(
    caller.roles.flatMap((role) => rules.update?.[role] ?? []),
    Object.keys(set),
    caller,
  );
  if (usable.length === 0) return "forbidden";
  const changed: Row[] = [];
  const after: Row[] = [];
  for (const row of data.t) {
    const covering = usable.filter((rule) => matches(rule.where, row, caller, data) === true);
    if (covering.length === 0 || !filtered(where, row, rules, caller, data)) {
      after.push(row);
      continue;
    }
    const ways = covering.map((rule) => {
      const next = { ...row, ...set, ...resolved(rule.set, caller) };
      return { next, passes: matches(rule.check ?? rule.where, next, caller, data) };
    });
    const way = ways.find(({ passes }) => passes === true);
    if (way === undefined) return "forbidden";
    changed.push(way.next);
    after.push(way.next);
  }
  return {
    count: changed.length,
    rows: shownOf(changed, rules, caller, data),
    after,
  };
}

function modelInsert(
  data: Data,
  rules: TablePermissions,
  caller: Caller,
  names: string[],
  values: Row[],
): Row[] | undefined {
  const usable = usableRules(
    caller.roles.flatMap((role) => rules.insert?.[role] ?? []),
    names,
    caller,
  );
  const asWritten = (row: Row, set: Record<string, unknown>): Row => ({
    ...{ id: null, owner: null, org: null, a: null, s: null },
    ...row,
    ...resolved(set, caller),
  });
  const passes = (rule: WriteRule, row: Row): boolean =>
    matches(rule.check, asWritten(row, rule.set), caller, data) === true;
  const groups = usable.map(({ set }) =>
    usable.filter((rule) => JSON.stringify(rule.set) === JSON.stringify(set)),
  );
  const rows = values.map((row) => {
    const group = groups.find((one) => one.some((rule) => passes(rule, row)));
    return group?.[0] && asWritten(row, group[0].set);
  });
  return rows.every((row) => row !== undefined) ? rows : undefined;
}

type WriteRule = {
  columns: string[];
  set: Record<string, unknown>;
  where?: Predicate | undefined;
  check?: Predicate | undefined;
};

/** The rules that let the columns be written, most specific first. */
function usableRules<T extends WriteRule>(rules: T[], names: string[], caller: Caller): T[] {
  const free = (rule: T): string[] =>
    rule.columns.filter((name, index, all) => !(name in rule.set) && all.indexOf(name) === index);
  return rules
    .filter((rule) => names.every((name) => free(rule).includes(name)))
    .filter((rule) => {
      const values = resolved(rule.set, caller);
      return Object.entries(rule.set).every(
        ([name, value]) => typeof value !== "string" || values[name] !== null,
      );
    })
    .sort(
      (a, b) =>
        free(a).length - free(b).length ||
        Number(a.where === undefined) - Number(b.where === undefined) ||
        Object.keys(b.set).length - Object.keys(a.set).length,
    );
}

function resolved(set: Record<string, unknown>, caller: Caller): Row {
  const value = (raw: unknown): Value => {
    if (typeof raw !== "string") return raw as Value;
    const claim = raw === "$user.id" ? caller.id : caller.claims[raw.slice("$claims.".length)];
    return (typeof claim === "number" || typeof claim === "string") && /^-?\d+$/.test(String(claim))
      ? Number(claim)
      : null;
  };
  return Object.fromEntries(Object.entries(set).map(([name, raw]) => [name, value(raw)]));
}
