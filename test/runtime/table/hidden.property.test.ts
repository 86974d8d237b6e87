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
    create extension if not exists citext;
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
    const looked = new Set(["numeric", "jsonb", "citext"]);
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

  it("is compared without an error by what Postgres does not mark, whatever the values are", async () => {
    const numbers = `(case i % 9 when 0 then 'NaN' when 1 then 'Infinity' when 2 then '-Infinity' when 3 then '1e1000'
      when 4 then '1e-1000' else (random() * 10)::text end)::numeric`;
    const texts = `case i % 7 when 0 then '' when 1 then 'İ' when 2 then repeat('ß', 5000) when 3 then U&'\\+01F600'
      when 4 then U&'\\FFFF' else md5(random()::text) end`;
    const json = `case i % 6 when 0 then 'null'::jsonb when 1 then to_jsonb(1e1000) when 2 then '[]' when 3 then '{}'
      when 4 then (repeat('[', 1000) || repeat(']', 1000))::jsonb else jsonb_build_object('a', i % 3, 'b', array[i]) end`;
    const range = (type: string, bound: (i: string) => string) =>
      `case i % 5 when 0 then 'empty'::${type} when 1 then '(,)'::${type} when 2 then ${type}(null, ${bound("i")}, '(]')
        else ${type}(${bound("i")}, ${bound("i + 1 + i % 3")}, '[)') end`;
    const made: Readonly<Record<string, string>> = {
      numeric: numbers,
      mood: "(array['sad', 'glad']::mood[])[1 + i % 2]",
      citext: `(${texts})::citext`,
      jsonb: json,
      int4range: range("int4range", (i) => i),
      int8range: range("int8range", (i) => `(${i})::int8`),
      numrange: range("numrange", (i) => `(${i})::numeric`),
      daterange: range("daterange", (i) => `date '2026-01-01' + (${i})`),
      tsrange: range("tsrange", (i) => `timestamp '2026-01-01' + (${i}) * interval '1 day'`),
      tstzrange: range("tstzrange", (i) => `timestamptz '2026-01-01' + (${i}) * interval '1 day'`),
    };
    for (const [type, value] of Object.entries(made))
      for (const [name, expression] of [
        [type, value],
        [
          `${type}[]`,
          `case i % 4 when 0 then '{}'::${type}[] when 1 then array[null::${type}]
          when 2 then array[array[${value}], array[null::${type}]] else array[${value}, ${value}] end`,
        ],
      ] as const) {
        const { rows } = await database.query(
          {
            text: `with v as materialized (select (${expression})::${name} as v from generate_series(0, 60) i)
              select count(*) filter (where a.v = b.v or a.v <> b.v or a.v < b.v or a.v >= b.v or a.v > b.v or a.v <= b.v)::int as n
              from v a, v b`,
          },
          [],
        );
        expect(rows, name).toEqual([{ n: 61 * 61 }]);
      }
  });

  it.each(["pair", '"Pair"', "boxed", "boxed[]", "pair[]", "span", "other_domain", "texts"])(
    "is compared behind its guard where its type is %s",
    (type) => {
      const domains = { boxed: "pair", texts: "json" };
      const c = tablesOf({ enums: { mood: ["sad"] }, domains, tables: { x: table({ c: type }) } })
        .get("x")
        ?.columns.get("c");
      if (c === undefined) throw new Error("There is no column.");
      const operand = { kind: "literal", sql: "" } as const;
      expect(isQuiet({ kind: "compare", column: c, operator: "eq", operand })).toBe(false);
    },
  );

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
