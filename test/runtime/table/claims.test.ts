import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DeclaredSchema } from "../../../schema/declared.ts";
import { claimPath } from "../../../schema/predicate.ts";
import { databaseWith, table, user, type World, worldOf } from "./world.ts";

const types: Readonly<Record<string, readonly [type: string, value: string]>> = {
  inet: ["inet", "10.0.0.1"],
  cidr: ["cidr", "10.0.0.0/8"],
  macaddr: ["macaddr", "08:00:2b:01:02:03"],
  range: ["int4range", "[1,3)"],
  span: ["span", "[1,3)"],
  domain: ["small", "7"],
  pair: ["pair", "(1,x)"],
  interval: ["interval", "1 day"],
  moment: ["timestamp with time zone", "2026-01-01T00:00:00Z"],
  day: ["date", "2026-01-01"],
  doc: ["jsonb", "x"],
  id: ["uuid", "00000000-0000-4000-8000-00000000000a"],
  amount: ["numeric", "1.5"],
  count: ["bigint", "9007199254740993"],
  ratio: ["double precision", "1.5"],
  flag: ["boolean", "true"],
  mood: ["mood", "sad"],
  label: ["text", "x"],
  bits: ["bit(3)", "101"],
};
const schema: DeclaredSchema = {
  enums: { mood: ["sad"] },
  domains: { small: "integer" },
  tables: {
    t: table({
      ...Object.fromEntries(Object.entries(types).map(([name, [type]]) => [name, type])),
      who: "text",
      smalls: "small[]",
    }),
  },
};

let world: World;
let close: () => Promise<void>;

beforeAll(async () => {
  const names = Object.keys(types).map((name) => `"${name}"`);
  const fresh = await databaseWith(`
    create type mood as enum ('sad'); create type span as range (subtype = int4);
    create type pair as (a int, b text); create domain small as int check (value < 100);
    create table t (${Object.entries(types)
      .map(([name, [type]]) => `"${name}" ${type}`)
      .join(", ")}, who text, smalls small[]);
    insert into t (${names.join(", ")}) values (${Object.entries(types)
      .map(([name, [, value]]) => (name === "doc" ? `'"x"'` : `'${value}'`))
      .join(", ")});`);
  close = fresh.close;
  world = worldOf(fresh.database, schema, {});
});
afterAll(() => close());

const strange = [
  "no",
  "",
  " ",
  "{",
  "(",
  "[1",
  "300",
  "-1",
  "1e999999",
  "99999999999999999999",
  "10.0.0.300",
  "infinity",
  "\u0001",
  "294277-01-01",
  "5874898-01-01",
  5,
  1.5,
  true,
  {},
  { a: "\u0000" },
  ["no"],
  [[1]],
  [null],
  [],
] as const;

describe("a claim of the wrong type", () => {
  it.each(Object.keys(types))("never matches and is no error: %s", async (column) => {
    const rule = (where: object) =>
      world.under({ t: { select: { public: { columns: ["who"], where: { ...where } } } } });
    const value = types[column]?.[1];
    const right = column === "flag" ? true : value;
    for (const reference of [{ [column]: "$claims.x" }, { [column]: { in: "$claims.x" } }]) {
      const t = rule(reference);
      const isList = JSON.stringify(reference).includes('"in"');
      const given = user("ada", [], { x: isList ? [right] : right });
      expect(await t.call("t/select", {}, given)).toHaveLength(1);
      const nested = isList ? [[[right]], [[right], [right]]] : [];
      for (const x of [...strange, ...nested]) {
        if (!Array.isArray(x) && String(x) === String(right)) continue;
        const rows = await t.call(
          "t/select",
          {},
          user("ada", [], { x: isList && !Array.isArray(x) ? [x] : x }),
        );
        expect(rows, `${column} ${JSON.stringify(x)}`).toHaveLength(0);
      }
    }
  });

  it("is no pattern where it ends in an escape", async () => {
    const where = { who: { like: "$claims.x" } };
    const t = world.under({ t: { select: { public: { columns: ["who"], where } } } });
    const called = (x: string) => t.call("t/select", {}, user("ada", [], { x }));
    await world.database.query({ text: "update t set who = 'a\\'" }, []);
    expect(await called("a\\\\")).toHaveLength(1);
    expect(await called("%")).toHaveLength(1);
    for (const x of ["a\\", "%\\", "\\", "a\\\\\\"]) expect(await called(x)).toHaveLength(0);
  });

  it("is no list of a domain where a member breaks its constraint", async () => {
    const where = { smalls: "$claims.x" };
    const t = world.under({ t: { select: { public: { columns: ["who"], where } } } });
    await world.database.query({ text: "update t set smalls = '{7}'" }, []);
    const called = (x: readonly number[]) => t.call("t/select", {}, user("ada", [], { x }));
    expect(
      [await called([7]), await called([700])].map((rows) => Array.isArray(rows) && rows.length),
    ).toEqual([1, 0]);
  });

  it("is a pattern of char(n) with its blanks, and of citext whatever the case", async () => {
    const { database, close: end } = await databaseWith(
      "create extension citext; create table p (code char(5), nick citext); insert into p values ('ab', 'Ada');",
    );
    const tables = { p: table({ code: "character(5)", nick: "citext" }) };
    const found = async (where: object, x: string): Promise<unknown> =>
      worldOf(
        database,
        { enums: {}, tables },
        { p: { select: { public: { columns: ["nick"], where: { ...where } } } } },
      ).call("p/select", {}, user("ada", [], { x }));
    try {
      expect(await found({ code: { like: "$claims.x" } }, "ab   ")).toHaveLength(1);
      expect(await found({ code: { like: "$claims.x" } }, "ab")).toHaveLength(0);
      expect(await found({ nick: { like: "$claims.x" } }, "aD%")).toHaveLength(1);
      expect(await found({ nick: { like: "ad%" } }, "")).toHaveLength(1);
    } finally {
      await end();
    }
  });

  it("gives nobody what `not` would", async () => {
    const where = { not: { inet: "$claims.x" } };
    const t = world.under({ t: { select: { public: { columns: ["who"], where } } } });
    expect(await t.call("t/select", {}, user("ada", [], { x: "no" }))).toHaveLength(0);
    expect(await t.call("t/select", {}, user("ada", [], { x: "10.0.0.2" }))).toHaveLength(1);
  });
});

describe("a claim", () => {
  it.each([
    ["$claims.app_metadata.org", { app_metadata: { org: "x" } }],
    ['$claims."https://example.com/org"', { "https://example.com/org": "x" }],
    ['$claims.app."https://example.com/org".id', { app: { "https://example.com/org": { id: "x" } } }],
    ["$claims.org:id", { "org:id": "x" }],
    ['$claims."app.org"', { "app.org": "x", app: { org: "z" } }],
    ["$claims.app.org", { "app.org": "z", app: { org: "x" } }],
    ["$user.issuer", { iss: "x" }],
  ])("is found by its path: %s", async (label, claims) => {
    const t = world.under({ t: { select: { public: { columns: ["who"], where: { label } } } } });
    expect(await t.call("t/select", {}, user("ada", [], claims))).toHaveLength(1);
    expect(await t.call("t/select", {}, user("ada", [], { app_metadata: { org: "y" } }))).toHaveLength(0);
  });

  it("that has a dot in its name is found by its quoted name only", async () => {
    const where = { label: "$claims.app.org" };
    const t = world.under({ t: { select: { public: { columns: ["who"], where } } } });
    expect(await t.call("t/select", {}, user("ada", [], { "app.org": "x" }))).toHaveLength(0);
  });

  it("is named by a path with quoted parts", () => {
    expect(claimPath('a."b.c".d')).toEqual(["a", "b.c", "d"]);
  });
});
