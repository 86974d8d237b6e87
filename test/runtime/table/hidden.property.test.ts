import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Database } from "../../../runtime/database/database.ts";
import { CallError } from "../../../runtime/error.ts";
import { isQuiet } from "../../../runtime/table/quiet.ts";
import { tablesOf } from "../../../runtime/table/table.ts";
import type { DeclaredSchema } from "../../../schema/declared.ts";
import type { TablePermissions } from "../../../schema/manifest.ts";
import { Random } from "./random.ts";
import { databaseWith, table, user, type World, worldOf } from "./world.ts";

/*
 * A vault of which the caller sees some rows, or some cells of some rows. What the hidden ones hold makes comparisons
 * raise, or reading does: nothing that the caller is told may differ.
 */
const generated = {
  type: "integer",
  nullable: true,
  generated: { expression: "", kind: "virtual" as const },
};
const vault = table({
  id: "integer",
  owner: "text",
  pair: "pair",
  pairs: "pair[]",
  span: "span",
  small: "small",
  amount: "numeric",
  mood: "mood",
  doc: "jsonb",
  note: "text",
});
const schema: DeclaredSchema = {
  enums: { mood: ["sad", "glad"] },
  tables: {
    vault: { ...vault, columns: { ...vault.columns, share: generated } },
    keys: table({ holder: "text", owner: "text" }),
  },
};
const secrets = ["pair", "pairs", "span", "small", "amount", "mood", "doc", "note", "share"];

let database: Database;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ database, close } = await databaseWith(`
    create type mood as enum ('sad', 'glad');
    create type pair as (a int, b json);
    create type other as (a int, b json);
    create type span as range (subtype = numeric);
    create domain small as int check (value < 100);
    create table keys (holder text, owner text);
    insert into keys values ('ada', 'ada');
    create table vault (
      id int primary key, owner text, pair pair, pairs pair[], span span, small small, amount numeric, mood mood,
      doc jsonb, note text, n int, share int generated always as (100 / n) virtual);`));
});
afterAll(() => close());

const quoted = (value: string | null): string => (value === null ? "null" : `'${value}'`);

function secretRow(random: Random): string {
  const maybe = (values: string[]): string => quoted(random.chance(0.2) ? null : random.pick(values));
  return [
    maybe(["(1,{})", "(2,{})"]),
    maybe(['{"(1,{})"}', '{"(2,{})"}', "{}"]),
    maybe(["[1,2]", "empty", "[5,)"]),
    maybe(["1", "2"]),
    maybe(["1", "NaN", "1e300"]),
    maybe(["sad", "glad"]),
    maybe(['{"a": 1}', "[]", '"x"']),
    maybe(["a", "b%"]),
    maybe(["0", "1", "50"]),
  ].join(", ");
}

const store = (hidden: string, shown: string): Promise<unknown> =>
  database.query(
    {
      text: `do $stk$ begin truncate vault;
        insert into vault (id, owner, pair, pairs, span, small, amount, mood, doc, note, n) values
        (1, 'ada', ${shown}), (2, 'bob', ${hidden}), (3, null, ${hidden}); end $stk$`,
    },
    [],
  );

const values: Readonly<Record<string, readonly unknown[]>> = {
  pair: ["(1,{})", "(2,{})"],
  pairs: [["(1,{})"], []],
  span: ["[1,2]", "empty"],
  small: ["1", "2"],
  amount: ["1", "NaN"],
  mood: ["sad", "glad"],
  doc: ["x", 1],
  note: ["a", "%"],
  share: [100, 2],
};

function condition(random: Random): object {
  const column = random.pick(secrets);
  const value = (): unknown => random.pick(values[column] ?? []);
  const single = column !== "pairs";
  const test = random.pick<() => object>([
    () => ({ [column]: { isNull: random.chance(0.5) } }),
    ...(single
      ? [
          () => ({ [column]: { [random.pick(["eq", "ne", "gt", "lte"])]: value() } }),
          () => ({ [column]: { in: [value(), value()] } }),
        ]
      : []),
    ...(column === "note" ? [() => ({ note: { like: value() } })] : []),
  ])();
  if (random.chance(0.2)) return { not: test };
  return random.chance(0.2) ? { or: [{ id: 7 }, test] } : test;
}

// Postgres runs the cheaper test first, which is the caller's.
const exists = { exists: { table: "keys", where: { owner: "$row.owner", holder: "$user.id" } } };
const rule = { columns: ["id", ...secrets], where: exists };
const some: TablePermissions["select"] = { authenticated: { columns: ["id"] }, owner: rule };
const rowsOnly: TablePermissions["select"] = { owner: rule };
const update = { authenticated: { columns: ["owner"], set: {} } };
const remove = { authenticated: {} };

async function told(world: World, call: string, params: unknown): Promise<string> {
  try {
    return JSON.stringify(await world.call(call, params, user("ada", ["owner"])));
  } catch (error) {
    if (error instanceof CallError) return `${error.code} ${error.message} ${JSON.stringify(error.details)}`;
    throw error;
  }
}

describe("a hidden cell", () => {
  it("is told by no error, no count and no row, whatever its type", async () => {
    const outcomes = new Set<string>();
    for (let seed = 1; seed <= 100; seed += 1) {
      const random = new Random(seed);
      const select = random.pick([some, rowsOnly]);
      const world = worldOf(database, schema, {
        vault: { select, update, delete: random.pick([remove, { owner: { where: exists } }]) },
      });
      const call = random.pick(["select", "select", "update", "delete"]);
      const where = condition(random);
      const params = {
        select: {
          where,
          orderBy: random.some(secrets.slice(2), 0.2).map((column) => ({ column })),
          ...(random.chance(0.5) ? { columns: ["id"] } : {}),
        },
        update: { where, set: { owner: "ada" }, columns: ["id"] },
        delete: { where, columns: ["id"] },
      }[call];
      const shown = `'(1,{})', '{}', '[1,2]', 1, 1, 'sad', '{}', 'a', 1`;
      await store(secretRow(random), shown);
      const before = await told(world, `vault/${call}`, params);
      await store(secretRow(random), shown);
      expect(await told(world, `vault/${call}`, params), JSON.stringify({ seed, sent: world.sent })).toBe(
        before,
      );
      outcomes.add(before);
    }
    expect(outcomes.size).toBeGreaterThan(5);
  }, 60_000);

  it("is compared before its guard only by what Postgres knows as leakproof, or what was looked at", async () => {
    const { rows } = await database.query(
      {
        text: `select t.oid::regtype::text as name, bool_and(p.proleakproof) as leakproof
          from pg_opclass c join pg_am on pg_am.oid = opcmethod and amname = 'btree'
          join pg_type t on t.oid = opcintype join pg_amop o on amopfamily = opcfamily and amoplefttype = opcintype
            and amoprighttype = opcintype
          join pg_operator on pg_operator.oid = amopopr join pg_proc p on p.oid = oprcode
          where opcdefault and typtype = 'b' group by 1`,
      },
      [],
    );
    const looked = new Set(["numeric", "jsonb"]);
    for (const { name, leakproof } of rows) {
      const made = tablesOf({ enums: {}, tables: { x: table({ c: String(name) }) } }).get("x");
      const column = made?.columns.get("c");
      if (column === undefined) throw new Error("There is no column.");
      const quiet = isQuiet({
        kind: "compare",
        column,
        operator: "lt",
        operand: { kind: "literal", sql: "" },
      });
      if (quiet) expect(leakproof === true || looked.has(String(name)), String(name)).toBe(true);
    }
  });

  it("is read by `like` behind its guard only", async () => {
    const own = { columns: ["id", "note"], where: { owner: "$user.id" } };
    const world = worldOf(database, schema, { vault: { select: { owner: own } } });
    await world.call(
      "vault/select",
      { columns: ["id"], where: { note: { like: "a%" } } },
      user("ada", ["owner"]),
    );
    expect(world.sent[0]?.text).toContain(
      `where "r"."owner" = $1::text and case when "r"."owner" = $1::text then "r"."note" end like $2`,
    );
  });
});

describe("a rule", () => {
  it("reads what can raise only in rows that meet the rest of it", async () => {
    await store(
      "null, null, null, null, null, null, null, null, 0",
      "null, null, null, 1, null, null, null, null, 50",
    );
    const where = { share: 2, ...exists };
    const world = worldOf(database, schema, { vault: { select: { public: { columns: ["id"], where } } } });
    expect(await world.call("vault/select", {}, user("ada"))).toEqual([{ id: 1 }]);
  });
});
