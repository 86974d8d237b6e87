import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expressionName } from "../../src/compile/expression-name.ts";

const expressions = [
  "lower(b)",
  "LOWER(b)",
  "pg_catalog.lower(b)",
  '"lower"(b)',
  "(lower(b))",
  "lower(b || 'x')",
  "lower(b) || 'x'",
  "upper(b) = 'X'",
  "a",
  "(a)",
  '("Odd Name")',
  "a + 1",
  "- a",
  "(a + 1)::bigint",
  "a::bigint",
  "(j ->> 'x')::int",
  "((j ->> 'x')::int)",
  "(j ->> 'x')::numeric(10, 2)",
  "(j ->> 'x')::double precision",
  "(j ->> 'x')::character varying(20)",
  "(j ->> 'x')::char",
  "(j ->> 'x')::boolean",
  "(j ->> 'x')::pg_catalog.int4",
  "cast(j ->> 'x' as smallint)",
  "cast(lower(b) as varchar)",
  "lower(b)::varchar(3)::text",
  "j -> 'x'",
  "(j ->> 'x')",
  "coalesce(a, 0)",
  "greatest(a, 1)",
  "nullif(a, 0)",
  "coalesce(a, 0) + 1",
  "case when a > 0 then 1 else a end",
  "case when a > 0 then 1 else 2 end",
  "case when a > 0 then case when a > 1 then a else 0 end else abs(a) end",
  "case when a > 0 then 1 end",
  'b collate "C"',
  'lower(b) collate "C"',
  'b || b collate "C"',
  "at at time zone 'UTC'",
  "(at at time zone 'UTC')::date",
  "extract(year from d)",
  "date_trunc('day', ts)",
  "trim(b)",
  "trim(both from b)",
  "substring(b from 1 for 2)",
  "position('x' in b)",
  "l[1]",
  "(l)[1]",
  "array[a, 1]",
  "array_length(l, 1)",
  "a is null",
  "a in (1, 2)",
  "not flag",
  "flag and a > 0",
  "b like 'x%'",
  "to_tsvector('simple', coalesce(b, ''))",
  "to_tsvector('simple', b) || to_tsvector('simple', 'x')",
  "(c).f",
  "round(a / 2.0)",
  "row_to_json(null)::text",
];

describe("expressionName", () => {
  let pg: PGlite;
  beforeAll(async () => {
    pg = await PGlite.create();
    await pg.exec(`create type pair as (f int, g int);
      create table t (a int, b text, j jsonb, d date, at timestamptz, ts timestamp, l int[], c pair, flag boolean, "Odd Name" int);`);
  }, 60_000);
  afterAll(() => pg.close());

  it.each(expressions)("names %s as Postgres does", async (expression) => {
    let made: string | undefined;
    await pg.transaction(async (tx) => {
      // What is not immutable cannot be indexed, but is named by the same rule.
      await tx.exec(`create temp view v as select (${expression}) from t`);
      const { rows } = await tx.query<{ name: string }>(
        "select attname as name from pg_attribute where attrelid = 'v'::regclass",
      );
      made = rows[0]?.name;
      await tx.rollback();
    });
    expect(expressionName(expression)).toBe(made === "?column?" ? "expr" : made);
  });
});
