import { expect, it } from "vitest";
import type { Logic } from "../../../schema/manifest.ts";
import { notesSql } from "../manifest.ts";
import { table } from "../table/world.ts";
import { serveModules } from "./serve-modules.ts";

/** A type, values that a column of it refuses, and some that it takes, with what Postgres reads in each. */
const cases: readonly (readonly [
  type: string,
  refused: unknown[],
  taken: (readonly [unknown, unknown])[],
])[] = [
  [
    "character varying(5)",
    ["abcdefgh", "ab    x"],
    [
      ["abcde", "abcde"],
      ["abcd    ", "abcd "],
    ],
  ],
  ["character(5)", ["abcdefgh"], [["ab", "ab   "]]],
  ["bit(4)", ["10101", "1"], [["1010", "1010"]]],
  ["bit varying(4)", ["10101"], [["1", "1"]]],
  [
    "numeric(6,2)",
    [99_999, "1e400", "infinity", "1e5000", "9999.995"],
    [
      ["1.005", "1.01"],
      ["1e-5000", "0.00"],
      ["0e5000", "0.00"],
      ["NaN", "NaN"],
      [1, "1.00"],
    ],
  ],
  ["interval day to second(3)", ["1 day 00:00:00.1234567"], [["1 day 00:00:01.2346", "P1DT1.235S"]]],
  ["interval year to month", ["1 mon 00:00:00.1234567"], [["1 year 2 mons 3 days", "P1Y2M"]]],
  ["timestamp(0) without time zone", [], [["2026-01-01T00:00:00.5", "2026-01-01T00:00:01"]]],
  [
    "character varying(5)[]",
    [["a", "abcdefgh"], [["abcdefgh"]]],
    [
      [
        ["a", null],
        ["a", null],
      ],
    ],
  ],
  ["character(3)[]", [["abcd"]], [[["a"], ["a  "]]]],
  ["bit(4)[]", [["1"]], [[["1010"], ["1010"]]]],
  ["numeric(6,2)[]", [[1, 99_999], ["-infinity"]], [[["1.005"], ["1.01"]]]],
  ["short", ["abcdefgh"], [["abc", "abc"]]],
  ["short[]", [["abcdefgh"]], [[["abc"], ["abc"]]]],
  ["price", [99_999], [["1.005", "1.01"]]],
];

const params = (type: string): Logic["params"] => ({ v: { type } });
const sqlOf = (type: string): Logic => ({
  kind: "sql",
  access: "public",
  params: params(type),
  connection: "main",
  returns: "value",
  statements: [
    {
      sql: `select ($1::${type}) as v`,
      bindings: [{ from: "param", name: "v" }],
      types: [type.replace(/\(.*?\)/, "")],
      result: [{ name: "v", type }],
    },
  ],
});

it.each(cases)(
  "a value of %s that a column of it refuses is refused as a parameter, and reaches logic as Postgres reads it",
  async (type, refused, taken) => {
    const all = { public: { columns: ["v"], set: {} } };
    const { call } = await serveModules(
      { it: "return params.v;" },
      {
        params: params(type),
        schema: `${notesSql}; create domain short as varchar(3); create domain price as numeric(6,2);
          create table kinds (v ${type})`,
        change: {
          schema: {
            main: {
              enums: {},
              domains: { short: "character varying(3)", price: "numeric(6,2)" },
              tables: { kinds: table({ v: type }) },
            },
          },
          permissions: { main: { kinds: { select: { public: { columns: ["v"] } }, insert: all } } },
          logic: { sql: sqlOf(type) },
        },
      },
    );
    const refusal = (path: string) => ({
      status: 400,
      body: { error: { code: "invalid_params", details: { path } } },
    });
    for (const v of refused) {
      expect(await call("db/main/kinds/insert", { values: { v } })).toMatchObject(refusal("values.v"));
      for (const path of ["sql", "it"])
        expect({ v, ...(await call(path, { v })) }).toMatchObject({ v, ...refusal("v") });
    }
    for (const [v, read] of taken) {
      const written = await call("db/main/kinds/insert", { values: { v }, columns: ["v"] });
      expect(written.body.data).toEqual({ count: 1, rows: [{ v: read }] });
      for (const path of ["sql", "it"]) expect((await call(path, { v })).body).toEqual({ data: read });
    }
  },
);
