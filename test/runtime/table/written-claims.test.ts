import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { DeclaredSchema } from "../../../schema/declared.ts";
import { databaseWith, table, user, type World, worldOf } from "./world.ts";

/** Claims that each type takes, and claims that it does not. */
const types: Readonly<
  Record<string, { readonly fit: readonly unknown[]; readonly unfit: readonly unknown[] }>
> = {
  text: { fit: ["", "x", "null"], unfit: [["x"], {}, "\0", true] },
  "text[]": {
    fit: [
      [],
      ["x"],
      ["x", null],
      [null],
      [
        ["a", "b"],
        ["c", null],
      ],
    ],
    unfit: ["x", [["a"], []], [1.5]],
  },
  "integer[]": { fit: [[], [1, null]], unfit: [["x"], [2 ** 31]] },
  jsonb: { fit: [[], [1], [1, null], {}, { a: [] }, "x", 5, false, [[]]], unfit: ["\0"] },
  json: { fit: [[1, "a", null], [], [[null]]], unfit: [] },
  "jsonb[]": { fit: [[], [{ a: 1 }, null], [[1], []]], unfit: ["x"] },
  "character varying(3)": { fit: ["", "abc"], unfit: ["abcd"] },
  "character varying(3)[]": { fit: [["abc", null], []], unfit: [["abc", "abcd"]] },
  "numeric(3,1)": { fit: ["99.9"], unfit: ["100", 1000] },
  "bit(3)": { fit: ["101"], unfit: ["1", "1010"] },
  short: { fit: ["abc"], unfit: ["abcd"] },
  doc: { fit: [5, "5", [], [1, null]], unfit: [] },
  small: { fit: [99], unfit: [100, -1, "x"] },
  smalls: { fit: [[1], []], unfit: [[1, 2, 3], 1] },
  "small[]": { fit: [[1, null]], unfit: [[1, 100]] },
  inet: { fit: ["10.0.0.1"], unfit: ["10.0.0.300"] },
};
const columns = Object.keys(types).map((type, index): [string, string] => [`c${index}`, type]);
const schema: DeclaredSchema = {
  enums: {},
  domains: { short: "character varying(3)", small: "integer", smalls: "integer[]", doc: "jsonb" },
  tables: { t: table({ o: "text", ...Object.fromEntries(columns) }) },
};

let world: World;
let close: () => Promise<void>;

beforeAll(async () => {
  const fresh = await databaseWith(`
    create domain short as varchar(3); create domain small as int check (value between 0 and 99);
    create domain doc as jsonb;
    create domain smalls as int[] check (coalesce(cardinality(value), 0) < 3);
    create table t (o text, ${columns.map((column) => column.join(" "))});`);
  close = fresh.close;
  world = worldOf(fresh.database, schema, {});
});
afterAll(() => close());
beforeEach(async () => {
  await world.database.query({ text: "truncate t" }, []);
  await world.database.query({ text: "insert into t (o) values ('old')" }, []);
});

const under = (name: string): World => {
  const write = { columns: ["o"], set: { [name]: "$claims.c" } };
  const select = { public: { columns: ["o", name] } };
  return world.under({ t: { select, insert: { public: write }, update: { public: write } } });
};
const insert = { values: { o: "x" }, columns: ["c"] };
const lacking = {
  code: "forbidden",
  message: "Your token does not hold a claim that the rule writes, in a form that its column takes.",
  details: undefined,
};

describe.each(columns)("a claim that a rule writes to %s, %s,", (name, type) => {
  const { fit, unfit } = types[type] ?? { fit: [], unfit: [] };
  const params = { ...insert, columns: [name] };

  it("is there as the token has it", async () => {
    for (const c of fit) {
      const ada = user("ada", [], { c });
      const answer = await under(name).call("t/insert", params, ada);
      expect(JSON.parse(JSON.stringify(answer)), JSON.stringify(c)).toEqual({
        count: 1,
        rows: [{ [name]: c }],
      });
      const update = { where: { o: "old" }, set: { o: "old" } };
      expect(await under(name).call("t/update", update, ada)).toMatchObject({ count: 1 });
    }
  });

  it("is what the token lacks where it is missing or does not fit", async () => {
    for (const c of [undefined, null, ...unfit]) {
      const ada = user("ada", [], { c });
      expect(await under(name).refused("t/insert", params, ada), JSON.stringify(c)).toMatchObject(lacking);
      const update = { where: { o: "old" }, set: { o: "new" } };
      expect(await under(name).refused("t/update", update, ada)).toMatchObject(lacking);
    }
  });
});

it("columns that no rule gives together are still what is refused", async () => {
  const rules = { a: { columns: ["o"], set: {} }, b: { columns: ["c0"], set: { c1: "$claims.c" } } };
  const two = world.under({ t: { insert: rules } });
  expect(
    await two.refused("t/insert", { values: { o: "x", c0: "y" } }, user("ada", ["a", "b"])),
  ).toMatchObject({
    message: "None of your roles may write these columns together.",
  });
});

it("an empty list and a list with null still never match where they are compared", async () => {
  const where = { c3: "$claims.c" };
  const compared = world.under({ t: { select: { public: { columns: ["o"], where } } } });
  await world.database.query({ text: "update t set c3 = '[]'" }, []);
  for (const c of [[], [null]])
    expect(await compared.call("t/select", {}, user("ada", [], { c }))).toHaveLength(0);
});
