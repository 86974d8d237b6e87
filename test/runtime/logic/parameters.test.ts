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
    expect((await call("it", fine)).body.data).toMatchObject({ p0: "1 day", p4: "a@b" });
  },
);
