import { expect, it } from "vitest";
import type { Rows } from "../../../runtime/database/database.ts";
import { CallError } from "../../../runtime/error.ts";
import { compileTables } from "../../../runtime/table/table-calls.ts";
import { deleteParams, insertParams, updateParams } from "../../../schema/wire.ts";
import { Random } from "./random.ts";
import { table, user } from "./world.ts";

const columns = ["a", "s"];
const rule = { columns, set: {} };
const calls = compileTables({
  schema: { main: { enums: {}, tables: { t: table({ a: "jsonb", s: "jsonb" }) } } },
  permissions: {
    main: {
      t: {
        select: { public: { columns } },
        insert: { public: rule },
        update: { public: rule },
        delete: { public: {} },
      },
    },
  },
});

const nothing = async (): Promise<Rows> => ({ rows: [], count: 0 });
const database = {
  query: nothing,
  transaction: <T>(work: (transaction: { query: typeof nothing }) => Promise<T>): Promise<T> =>
    work({ query: nothing }),
};
const limits = { rows: 100, depth: 5 };

async function isRead(operation: string, params: unknown): Promise<boolean> {
  try {
    await calls.lookup(`db/main/t/${operation}`)?.handle(params, user("ada"), { database, limits });
    return true;
  } catch (error) {
    if (error instanceof CallError) return false;
    throw error;
  }
}

const odd: readonly unknown[] = [
  null,
  0,
  "a",
  true,
  [],
  ["a"],
  [[]],
  [{}, 1],
  { a: 1, "x y": 1 },
  { and: 1 },
];

const row = (random: Random): object =>
  Object.fromEntries(
    random.some(["a", "s", "b"], 0.5).map((name) => [name, random.pick([null, 1, "x", {}, [1]])]),
  );

const list = (random: Random): unknown =>
  random.list(random.below(4), () => random.pick(["a", "s", "s", "b", 1, "or"]));

const members: Readonly<Record<string, (random: Random) => unknown>> = {
  values: (random) => (random.chance(0.5) ? row(random) : random.list(random.below(3), () => row(random))),
  set: row,
  where: (random) =>
    random.pick([
      {},
      { a: 1 },
      { s: { in: ["x", 2], ne: null } },
      { or: [{ a: 1 }, { not: { s: "x" } }] },
      { and: [] },
    ]),
  columns: list,
  extra: () => 1,
};

const cases = {
  insert: { schema: insertParams, usual: ["values"] },
  update: { schema: updateParams, usual: ["where", "set"] },
  delete: { schema: deleteParams, usual: ["where"] },
} as const;

const alike = (rows: readonly object[]): boolean =>
  new Set(rows.map((one) => Object.keys(one).toSorted().join())).size === 1 &&
  (rows.length === 1 || Object.keys(rows[0] ?? {}).length > 0);

/** What the format leaves to the table: its columns, rows that are alike, and that something is set and asked for. */
function isOurs(params: Record<string, unknown>): boolean {
  const rows = ["values", "set"].flatMap((name) => params[name] ?? []).map((one) => Object(one));
  const named = [
    ...rows.flatMap((one) => Object.keys(one)),
    ...Object.keys(Object(params.where)).filter((name) => name !== "and" && name !== "or"),
    ...[params.columns ?? []].flat(),
  ];
  return (
    named.every((name) => columns.includes(String(name))) &&
    (params.values === undefined || alike(rows)) &&
    ["where", "set"].every((name) => JSON.stringify(params[name]) !== "{}")
  );
}

it.each(["insert", "update", "delete"] as const)(
  "params of %s are read where they are the wire's",
  async (operation) => {
    const { schema, usual } = cases[operation];
    let read = 0;
    for (let seed = 0; seed < 5_000; seed += 1) {
      const random = new Random(seed);
      const names = [...usual.filter(() => random.chance(0.95)), ...random.some(["columns", "extra"], 0.3)];
      const params = Object.fromEntries(
        names.map((name) => [name, random.chance(0.1) ? random.pick(odd) : members[name]?.(random)]),
      );
      const expected = schema.safeParse(params).success && isOurs(params);
      expect(await isRead(operation, params), JSON.stringify(params)).toBe(expected);
      read += Number(expected);
    }
    expect(read).toBeGreaterThan(300);
  },
);
