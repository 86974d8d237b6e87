import { expect, it } from "vitest";
import { notesSql } from "../manifest.ts";
import { serveModules } from "./serve-modules.ts";

const schema = `${notesSql};
  create domain mail as text check (value like '%@%');
  create type pair as (a integer, b text)`;

/** A type, a text that is none of its values, and one that is. */
const cases = [
  ["interval", "nope", "1 day"],
  ["numrange", "bad", "[1,2)"],
  ["inet", "x", "10.0.0.1"],
  ["pair", "nonsense", "(1,a)"],
  ["mail", "nomail", "a@b"],
  ["jsonpath", "$$", "$.a"],
  ["inet[]", ["10.0.0.1", "x"], ["10.0.0.1"]],
] as const;

it.each(["server", "embedded"] as const)(
  "a parameter that only Postgres can read is refused by its name before a module is run (%s)",
  async (engine) => {
    const params = Object.fromEntries(
      cases.map(([type], index) => [`p${index}`, { type, nullable: true, default: null }]),
    );
    const code = "await context.sql`insert into notes values (77, 'ada', 'ran')`; return params;";
    const { call, sql } = await serveModules(
      { it: code, inside: 'return context.transaction(() => context.call("it", params));' },
      { engine, schema, params },
    );
    for (const path of ["it", "inside"])
      for (const [index, [type, wrong]] of cases.entries())
        expect({ type, ...(await call(path, { [`p${index}`]: wrong })).body.error }).toMatchObject({
          code: "invalid_params",
          details: { path: `p${index}` },
          message: expect.stringContaining(`is not a value of ${type}`),
        });
    expect(await sql("select count(*)::int as n from notes where id = 77")).toEqual([{ n: 0 }]);
    const fine = Object.fromEntries(cases.map(([, , right], index) => [`p${index}`, right]));
    expect((await call("it", fine)).body.data).toMatchObject({ p0: "P1D", p4: "a@b" });
  },
);

it("a parameter reaches a module as a table would give it, and a domain's check is applied", async () => {
  const params = {
    at: { type: "timestamptz", default: "epoch" },
    small: { type: "small", nullable: true, default: null },
    span: { type: "interval", default: "90 minutes" },
    list: { type: "text[]", default: '{a, b, "c d"}' },
    numbers: { type: "numeric[]", default: "{1, 2.50}" },
  };
  const { call } = await serveModules(
    { it: "return params;" },
    {
      params,
      schema: `${schema}; create domain small as integer check (value < 100)`,
      change: { schema: { main: { enums: {}, tables: {}, domains: { small: "integer" } } }, permissions: {} },
    },
  );
  const byDefault = {
    at: "1970-01-01T00:00:00Z",
    small: null,
    span: "PT1H30M",
    list: ["a", "b", "c d"],
    numbers: ["1", "2.50"],
  };
  expect((await call("it", {})).body).toEqual({ data: byDefault });
  const sent = { at: "2026-01-01T00:00:00+02:00", small: 7 };
  expect((await call("it", sent)).body).toEqual({
    data: { ...byDefault, at: "2025-12-31T22:00:00Z", small: 7 },
  });
  expect((await call("it", { small: 100 })).body.error).toMatchObject({
    code: "invalid_params",
    details: { path: "small" },
  });
});
