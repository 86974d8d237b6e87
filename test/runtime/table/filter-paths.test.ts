import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SelectRule } from "../../../schema/manifest.ts";
import { databaseWith, table, user, type World, worldOf } from "./world.ts";

/** Types that only Postgres can read, and a text that is none of each. */
const unreadable: Readonly<Record<string, string>> = {
  inet: "foo",
  cidr: "10.0.0.1/8",
  macaddr: "foo",
  int4range: "[3,1)",
  numrange: "foo",
  tstzrange: "[2026-01-02T00:00:00Z,2026-01-01T00:00:00Z)",
  int8multirange: "{[3,1)}",
  hstore: "=>",
  money: "much",
  interval: "banana",
  oid: "foo",
  pg_lsn: "foo",
  tsquery: "a &",
  pair: "(x,1)",
};
const names = Object.keys(unreadable).map((_, index) => `c${index}`);

let world: World;
let close: () => Promise<void>;
beforeAll(async () => {
  const types = {
    id: "integer",
    ...Object.fromEntries(names.map((name, i) => [name, Object.keys(unreadable)[i] ?? ""])),
  };
  const own = {
    ...{
      mood: "own_mood",
      nested: "nested_mood",
      moods: "own_mood[]",
      odd: "xid",
      blob: "odd_pair",
      owner: "text",
    },
    ...{ span: "own_range", list: "own_list", twin: "own_pair" },
  };
  const columns = { ...types, ...own };
  const fresh = await databaseWith(`
    create extension hstore;
    create type mood as enum ('calm', 'cross');
    create domain own_mood as mood; create domain nested_mood as own_mood;
    create type pair as (a int, b text); create type odd_pair as (a int, b json);
    create domain own_range as int4range; create domain own_list as int[]; create domain own_pair as pair;
    create table t (${Object.entries(columns)
      .map(([name, type]) => `${name} ${type}`)
      .join(", ")});
    create index by_mood on t (mood);
    insert into t (id, mood, nested, moods, span, list, twin, owner)
      values (1, 'calm', 'calm', '{calm}', '[1,2)', '{1}', '(1,x)', 'ada'), (2, 'cross', 'cross', '{cross}', '[2,3)', '{2}', '(2,y)', 'bob');
    create table friends (mood own_mood, owner text);
    insert into friends values ('cross', 'ada');`);
  close = fresh.close;
  const all = Object.keys(columns);
  const write = { columns: all, set: {} };
  world = worldOf(
    fresh.database,
    {
      enums: { mood: ["calm", "cross"] },
      domains: {
        own_mood: "mood",
        nested_mood: "mood",
        own_range: "int4range",
        own_list: "integer[]",
        own_pair: "pair",
      },
      tables: { t: table(columns), friends: table({ mood: "own_mood", owner: "text" }) },
    },
    {
      t: {
        select: { public: { columns: all } },
        update: {
          public: write,
          // Told apart, so that the rows are locked by a statement of its own.
          first: { ...write, set: { owner: "ada" }, where: { id: 1 }, check: { mood: "calm" } },
        },
        delete: { public: {} },
      },
    },
  );
});
afterAll(() => close());

const ada = user("ada");
const detailsOf = async (call: string, params: unknown, roles: readonly string[] = []) => {
  const { code, details } = await world.refused(call, params, user("ada", roles));
  return { code, details };
};
const told = (path: string) => ({ code: "invalid_params", details: { path } });

describe("a filter that Postgres refuses is told by its path", () => {
  it.each(Object.entries(unreadable).map(([type, text], index) => [type, text, `c${index}`] as const))(
    "of %s: %s",
    async (_, text, name) => {
      const where = { id: 1, [name]: text };
      const path = told(`where.${name}`);
      expect(await detailsOf("t/select", { where })).toEqual(path);
      expect(await detailsOf("t/delete", { where })).toEqual(path);
      expect(await detailsOf("t/update", { where, set: { id: 1 } })).toEqual(path);
      expect(await detailsOf("t/update", { where, set: { id: 1 } }, ["first"])).toEqual(path);
      expect(await detailsOf("t/select", { where: { or: [{ id: 1 }, { [name]: { in: [text] } }] } })).toEqual(
        told(`where.or.1.${name}.in`),
      );
    },
  );

  it("where its type lacks the operator too", async () => {
    expect(await detailsOf("t/select", { where: { id: 1, odd: { gt: "1" } } })).toEqual(told("where.odd.gt"));
    expect(await detailsOf("t/delete", { where: { not: { odd: { lte: "1" } } } })).toEqual(
      told("where.not.odd.lte"),
    );
  });

  it("and a value that is set by its own", async () => {
    expect(await detailsOf("t/update", { where: { c0: "::1" }, set: { id: 1, c0: "foo" } })).toEqual(
      told("set.c0"),
    );
  });
});

describe("a column of a domain is filtered as its base type", () => {
  const ids = async (where: unknown, roles?: readonly string[], claims?: Record<string, unknown>) =>
    world.call(
      "t/select",
      { where, columns: ["id"], orderBy: [{ column: "id" }] },
      user("ada", roles, claims),
    );

  it.each([
    [{ mood: "calm" }, [1]],
    [{ mood: { ne: "calm" } }, [2]],
    [{ mood: { gt: "calm" } }, [2]],
    [{ nested: { in: ["cross", "calm"] } }, [1, 2]],
    [{ not: { nested: "calm" } }, [2]],
    [{ span: "[1,2)" }, [1]],
    [{ span: { in: ["[2,3)"] } }, [2]],
    [{ twin: "(1,x)" }, [1]],
    [{ twin: { in: ["(2,y)"] } }, [2]],
  ])("%j", async (where, expected) => {
    expect(await ids(where)).toEqual(expected.map((id) => ({ id })));
  });

  it("of a rule too, in which it is a claim's, another column or among the rows of another table", async () => {
    const friends = { exists: { table: "friends", where: { owner: "$user.id", mood: "$row.mood" } } };
    const rules: Readonly<Record<string, SelectRule>> = {
      friend: { columns: ["id"], where: friends },
      stranger: { columns: ["id"], where: { not: friends } },
      mine: { columns: ["id"], where: { mood: "$claims.mood" } },
      crossly: { columns: ["id"], where: { mood: { in: ["cross"] }, nested: "$row.mood" } },
    };
    const seen = (role: string, claims: Record<string, unknown> = {}) =>
      world.under({ t: { select: rules } }).call("t/select", {}, user("ada", [role], claims));
    expect(await seen("friend")).toEqual([{ id: 2 }]);
    expect(await seen("stranger")).toEqual([{ id: 1 }]);
    expect(await seen("mine", { mood: "calm" })).toEqual([{ id: 1 }]);
    expect(await seen("crossly")).toEqual([{ id: 2 }]);
  });

  it("and an index serves it", async () => {
    world.sent.length = 0;
    await world.call("t/select", { where: { mood: "calm" }, columns: ["id"] }, ada);
    const text = world.sent[0]?.text.replace("$1", "'calm'") ?? "";
    const plan = await world.database.transaction(async (transaction) => {
      await transaction.query({ text: "set local enable_seqscan = off" }, []);
      return transaction.query({ text: `explain ${text}` }, []);
    });
    expect(JSON.stringify(plan.rows)).toContain("by_mood");
  });
});
