import { afterAll, beforeAll, expect, it } from "vitest";
import { freshDatabase } from "../../services/postgres.ts";
import { execute } from "../serve.ts";
import { databaseWith, table, user, type World, worldOf } from "../table/world.ts";

const [day, moment, instant] = ["2026-01-01", "2026-01-01T00:00:00", "2026-01-01T00:00:00Z"];
/** A type of range, bounds that its scalar refuses and that change on their way, and bounds that it takes. */
const kinds: Readonly<Record<string, readonly [refused: readonly string[], taken: readonly string[]]>> = {
  date: [
    [instant, `${day}T23:00:00Z`, moment, "now", "today", "01/02/2026", "epoch"],
    [day, `"${day}"`, ` ${day} `, '"0044-03-15 BC"', "infinity", ""],
  ],
  ts: [
    [instant, `${day}T00:00:00+05:00`, `"${day} 00:00:00+05"`, "now", `${moment}.1234567`, `\\n\\o\\w`],
    [moment, `"${day} 00:00:00"`, `${moment}.123456`, '"0044-03-15 12:00:00 BC"', "-infinity", ""],
  ],
  tstz: [
    [moment, `"${day} 00:00:00"`, "now", day, `"n""ow"`],
    [instant, `"${day} 00:00:00+05"`, `${day}T00:00:00+05:00`, '"0044-03-15 12:00:00+00 BC"', ""],
  ],
};
const columns = Object.fromEntries(
  Object.keys(kinds).flatMap((kind) => [
    [`${kind}_one`, `${kind}range`],
    [`${kind}_many`, `${kind}multirange`],
    [`${kind}_list`, `${kind}range[]`],
    [`${kind}_lists`, `${kind}multirange[]`],
    [`${kind}_own`, `own_${kind}`],
    [`${kind}_owns`, `own_${kind}[]`],
  ]),
);
/** A bound within a value of each of the columns of its kind. */
const valuesOf = (kind: string, bound: string): Readonly<Record<string, unknown>> => {
  const [range, other] = [`[${bound},)`, `(,${bound})`];
  return {
    [`${kind}_one`]: range,
    [`${kind}_many`]: `{ ${other} }`,
    [`${kind}_list`]: ["empty", other],
    [`${kind}_lists`]: [`{empty, ${range}}`, "{}"],
    [`${kind}_own`]: other,
    [`${kind}_owns`]: [range, null],
  };
};

let world: World;
let close: () => Promise<void>;
beforeAll(async () => {
  const domains = Object.keys(kinds).map((kind) => [`own_${kind}`, `${kind}range`] as const);
  const fresh = await databaseWith(`
    ${domains.map(([name, base]) => `create domain ${name} as ${base};`).join(" ")}
    create table t (id int, ${Object.entries(columns)
      .map(([name, type]) => `${name} ${type}`)
      .join(", ")});`);
  close = fresh.close;
  const names = ["id", ...Object.keys(columns)];
  const all = { public: { columns: names, set: {} } };
  world = worldOf(
    fresh.database,
    {
      enums: {},
      domains: Object.fromEntries(domains),
      tables: { t: table({ id: "integer", ...columns }) },
    },
    { t: { select: { public: { columns: names } }, insert: all, update: all, delete: { public: {} } } },
  );
});
afterAll(() => close());

const ada = user("ada");
const refusal = async (call: string, params: unknown) => {
  const { code, details } = await world.refused(call, params, ada);
  return { code, details };
};

it.each(Object.entries(kinds))(
  "a bound that the scalar refuses is refused in ranges of %s, in lists and domains of them, and in filters",
  async (kind, [refused]) => {
    for (const bound of refused)
      for (const [column, value] of Object.entries(valuesOf(kind, bound))) {
        const told = (path: string) => ({ code: "invalid_params", details: { path } });
        const place = `${bound} ${column}`;
        expect(await refusal("t/insert", { values: { [column]: value } }), place).toEqual(
          told(`values.${column}`),
        );
        if (!Array.isArray(value))
          expect(await refusal("t/select", { where: { [column]: value } }), place).toEqual(
            told(`where.${column}`),
          );
      }
  },
);

it.each(Object.entries(kinds))(
  "a bound that the scalar takes is read as Postgres reads it, and what is answered is taken again: %s",
  async (kind, [, taken]) => {
    for (const bound of taken) {
      const values = valuesOf(kind, bound);
      const names = Object.keys(values);
      await world.call("t/insert", { values: { id: 1, ...values } }, ada);
      const [row] = rowsOf(await world.call("t/select", { columns: names, where: { id: 1 } }, ada));
      await world.call("t/insert", { values: { id: 2, ...Object(row) } }, ada);
      const [again] = rowsOf(await world.call("t/select", { columns: names, where: { id: 2 } }, ada));
      expect(again).toEqual(row);
      await world.call("t/delete", { where: { id: { gt: 0 } } }, ada);
    }
  },
);

it.each([
  ["daterange", ["", "[", "[,", "(,]x", '["2026-01-01,)', "{}", "[a,b,c]", "[2026-01-01,)[", "\\"]],
  ["datemultirange", ["", "{", "{}}", "[,)", "{[,)(,]}", "{,}", "{[,),}", '{["}']],
] as const)("what is no %s to Postgres is refused by it or before", async (type, texts) => {
  const { url, drop } = await freshDatabase();
  for (const text of texts) await expect(execute(url, `select '${text}'::${type}`), text).rejects.toThrow();
  const column = type === "daterange" ? "date_one" : "date_many";
  for (const text of texts)
    expect(await refusal("t/insert", { values: { [column]: text } }), text).toMatchObject({
      code: "invalid_params",
    });
  await drop();
});

it("a text of a thousand quotes is refused at once", async () => {
  const began = performance.now();
  for (const text of [`["${'"'.repeat(50_001)}`, `{${"[,),".repeat(20_000)}`, `[${"\\".repeat(50_001)}`])
    expect(await refusal("t/insert", { values: { date_one: text, date_many: text } })).toMatchObject({
      code: "invalid_params",
    });
  expect(performance.now() - began).toBeLessThan(2_000);
});

function rowsOf(rows: unknown): unknown[] {
  if (!Array.isArray(rows)) throw new Error("There are no rows.");
  return rows;
}
