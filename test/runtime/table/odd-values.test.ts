import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databaseWith, table, user, type World, worldOf } from "./world.ts";

/** Types whose input reports a bad text by more than class 22, data exception. */
const types = [
  ...["jsonpath", "tsquery", "regclass", "regrole", "regtype", "regproc", "regprocedure", "regoper"],
  ...["regnamespace", "regconfig", "regcollation", "xml", "aclitem", "ltree", "lquery", "small"],
];
const texts = ["$.", "a &", "nowhere", "a.b.c.d", "..", "(", "nobody=r/nobody", "f(int", "999"];

let world: World;
let close: () => Promise<void>;

beforeAll(async () => {
  const columns = types.map((type, index) => `c${index} ${type}`).join(", ");
  const fresh = await databaseWith(`
    create extension ltree;
    create domain small as int constraint below check (value < 100);
    create table t (id int, ${columns}); insert into t (id) values (1);`);
  close = fresh.close;
  const t = table({ id: "integer", ...Object.fromEntries(types.map((type, index) => [`c${index}`, type])) });
  const all = { columns: ["id", ...types.map((_, index) => `c${index}`)], set: {} };
  const schema = { enums: {}, domains: { small: "integer" }, tables: { t } };
  world = worldOf(fresh.database, schema, {
    t: { select: { public: all }, insert: { public: all }, update: { public: all } },
  });
});
afterAll(() => close());

describe("a value that Postgres cannot read", () => {
  it.each(types.map((type, index) => [type, `c${index}`] as const))(
    "is the caller's: %s",
    async (type, name) => {
      for (const text of texts) {
        const row = { [name]: text };
        for (const [call, params] of [
          ["t/insert", { values: row }],
          // Of several rows Postgres tells the malformed name of a type like the syntax error of a function.
          ...(type === "regtype" ? [] : [["t/insert", { values: [row, row] }] as const]),
          ["t/update", { where: { id: 1 }, set: row }],
          ["t/select", { where: row }],
        ] as const) {
          const refused = await world.call(call, params, user("ada")).then(
            () => undefined,
            (error: unknown) => error,
          );
          if (refused !== undefined)
            expect(
              refused,
              `${text} ${call} ${String(refused instanceof Error && refused.cause)}`,
            ).toHaveProperty("code", expect.stringMatching(/^(?:invalid_params|constraint_violated)$/));
        }
      }
    },
  );

  it("of one row is told by its path", async () => {
    const paths = async (name: string, value: string) => [
      (await world.refused("t/insert", { values: { id: 2, [name]: value } }, user("ada"))).details,
      (await world.refused("t/update", { where: { id: 1 }, set: { id: 1, [name]: value } }, user("ada")))
        .details,
    ];
    expect(await paths("c0", "$.")).toEqual([{ path: "values.c0" }, { path: "set.c0" }]);
  });
});
