import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Database } from "../../../runtime/database/database.ts";
import { writeJson } from "../../../runtime/sql/json-text.ts";
import { sqlType } from "../../../runtime/sql/type.ts";
import { databaseWith } from "../table/world.ts";

let database: Database;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ database, close } = await databaseWith("create type mood as enum ('ok', 'it''s \"so\"', 'A,B');"));
});
afterAll(() => close());

const own = { enums: new Map([["mood", ["ok", `it's "so"`, "A,B"]]]), domains: new Map<string, string>() };

/** What comes back of a value that is bound as the type. */
async function roundTrip(name: string, value: unknown): Promise<unknown> {
  const type = sqlType(name, own);
  const encoded = type.encode(value);
  if (encoded === undefined) throw new Error("It is not a value of the type.");
  const { rows } = await database.query({ text: `select $1::${type.cast}::${name} as value` }, [encoded]);
  return JSON.parse(writeJson(rows[0]?.value));
}

describe("a value that Postgres and JSON both hold", () => {
  it.each<[string, unknown, unknown?]>([
    ["text", `it's \\ "so" 😀 {a,b} $1`],
    ["text", ""],
    ["character varying(5)", "abcde"],
    ["character(3)", "abc"],
    ["name", "x"],
    ["smallint", -32_768],
    ["integer", 2_147_483_647],
    ["integer", "12", 12],
    ["bigint", "9223372036854775807"],
    ["bigint", Number.MAX_SAFE_INTEGER, "9007199254740991"],
    ["numeric", "123456789012345678901234567890.123456789"],
    ["numeric(10,2)", 1.5, "1.50"],
    ["numeric", 1e21, "1000000000000000000000"],
    ["numeric", "NaN"],
    ["real", 0.5],
    ["double precision", 0.1],
    ["double precision", 5e-324],
    ["double precision", "Infinity"],
    ["double precision", "NaN"],
    ["boolean", true],
    ["boolean", false],
    ["uuid", "00000000-0000-4000-8000-00000000000a"],
    ["date", "2024-02-29"],
    ["date", "infinity"],
    ["time without time zone", "23:59:59.123456"],
    ["time with time zone", "10:00:00Z", "10:00:00+00"],
    ["timestamp without time zone", "2026-11-21T02:19:42.123456"],
    ["timestamp(3) without time zone", "2026-11-21 02:19", "2026-11-21T02:19:00"],
    ["timestamp with time zone", "2026-11-21T02:19:42.123456Z"],
    ["timestamp with time zone", "2026-11-21T02:19:42+05:30", "2026-11-20T20:49:42Z"],
    ["timestamp with time zone", "10000-01-01T00:00:00Z"],
    ["timestamp with time zone", "-infinity"],
    ["interval", "P1Y2M3DT4H5M6.5S"],
    ["bytea", "AP/+"],
    ["bytea", ""],
    ["json", { b: 1, a: [null, "x", { "": true }] }],
    ["jsonb", { a: `it's "so"` }],
    ["jsonb", "text"],
    ["jsonb", 5],
    ["jsonb", JSON.parse('{"__proto__": {"x": 1}}')],
    ["inet", "10.0.0.1/8"],
    ["bit(3)", "101"],
    ["bit varying(5)", "101"],
    ["int4range", "[1,5)"],
    ["mood", `it's "so"`],
    ["text[]", ["a", null, "NULL", "", ' "\\ ', "{x,y}", "ä😀"]],
    ["text[]", []],
    ["integer[]", [1, "2", null], [1, 2, null]],
    [
      "integer[]",
      [
        [1, 2],
        [3, 4],
      ],
    ],
    ["boolean[]", [true, false, null]],
    ["numeric(10,2)[]", ["1.5"], ["1.50"]],
    ["timestamp with time zone[]", ["2026-11-21T02:19:42Z"]],
    ["jsonb[]", [{ a: ['"', "\\"] }, null]],
    ["bytea[]", ["AP/+"]],
    ["mood[]", ["A,B", `it's "so"`, "ok"]],
    ["int4range[]", ["[1,5)", "empty"]],
  ])("comes back as it was: %s %j", async (name, value, expected = value) => {
    expect(await roundTrip(name, value)).toEqual(expected);
  });
});

describe("a value that is not of the type", () => {
  it.each<[string, unknown]>([
    ["text", 5],
    ["text", "a\0b"],
    ["text", "\udc00"],
    ["text", ["a"]],
    ["text", undefined],
    ["smallint", 32_768],
    ["integer", 1.5],
    ["integer", "1.0"],
    ["integer", " 1"],
    ["integer", "1; select 1"],
    ["integer", ""],
    ["integer", true],
    ["integer", [1]],
    ["bigint", 2 ** 53],
    ["bigint", "9223372036854775808"],
    ["numeric", "1,5"],
    ["numeric", "0x10"],
    ["numeric", Number.NaN],
    ["real", 1e39],
    ["real", 1e-50],
    ["double precision", "1e999"],
    ["double precision", "inf"],
    ["boolean", "true"],
    ["boolean", 1],
    ["uuid", "00000000-0000-4000-8000-00000000000"],
    ["uuid", "{00000000-0000-4000-8000-00000000000a}"],
    ["date", "2023-02-29"],
    ["date", "2023-13-01"],
    ["date", "21.11.2026"],
    ["date", "now"],
    ["date", "0000-01-01"],
    ["timestamp without time zone", "2026-11-21T02:19:42Z"],
    ["timestamp with time zone", "2026-11-21T02:19:42"],
    ["timestamp with time zone", "2026-11-21T24:00:00Z"],
    ["timestamp with time zone", "2026-11-21T00:00:00+16:00"],
    ["time without time zone", "25:00"],
    ["bytea", "not base64!"],
    ["bytea", "abc"],
    ["mood", "OK"],
    ["mood", "__proto__"],
    ["text[]", "{a}"],
    ["text[]", [1]],
    ["integer[]", [[1], [1, 2]]],
    ["integer[]", [1, [2]]],
    ["integer[]", [[]]],
    ["integer[]", [[[[[[[1]]]]]]]],
    ["mood[]", ["none"]],
    ["jsonb", undefined],
  ])("is refused before Postgres sees it: %s %j", (name, value) => {
    expect(sqlType(name, own).encode(value)).toBeUndefined();
  });
});

describe("what Postgres writes", () => {
  it.each([
    ["'0044-03-15 BC'::date", "0044-03-15 BC"],
    ["'0044-03-15 00:00:00 BC'::timestamptz", "0044-03-15 00:00:00+00 BC"],
    ["'infinity'::timestamptz", "infinity"],
    ["'1900-01-01 00:00:00+00'::timestamptz", "1900-01-01T00:00:00Z"],
    ["'NaN'::real", "NaN"],
    ["'-Infinity'::float8", "-Infinity"],
    ["1.5::real", 1.5],
    ["12::oid", "12"],
    ["'[2:3]={a,b}'::text[]", ["a", "b"]],
    [
      "array[[1,null],[3,4]]",
      [
        [1, null],
        [3, 4],
      ],
    ],
    ["null::text", null],
    ["'null'::jsonb", null],
    ["'1 day'::interval", "P1D"],
    ["'\\x00ff'::bytea", "AP8="],
    ["count(*)", "1"],
    ["'2026-11-21'::date", "2026-11-21"],
  ])("is read as the wire says: %s", async (sql, expected) => {
    const { rows } = await database.query({ text: `select ${sql} as value` }, []);
    expect(JSON.parse(writeJson(rows))).toEqual([{ value: expected }]);
  });
});
