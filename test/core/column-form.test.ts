import { expect, it } from "vitest";
import { isServed } from "../../src/core/column-form.ts";

it.each([
  ["integer", "bigint"],
  ["bigint", "integer"],
  ["character varying(20)", "text"],
  ["text", "character varying(9)"],
  ["json", "jsonb"],
  ["numeric(10,2)", "numeric"],
  ["numeric(10,2)", "numeric(12,3)"],
  ["timestamp(3) with time zone", "timestamp with time zone"],
  ["time(0) without time zone", "time(3) without time zone"],
])("serves a column of %s that became %s", (declared, found) => {
  expect(isServed(declared, found)).toBe(true);
});

it.each([
  ["integer", "text"],
  ["integer", "numeric"],
  ["integer[]", "bigint[]"],
  ["character varying(20)[]", "text[]"],
  ["real", "double precision"],
  ["numeric(10,2)", "numeric(10,1)"],
  ["numeric(10,2)", "numeric(10,3)"],
  ["numeric", "numeric(10,2)"],
  ["timestamp with time zone", "timestamp(3) with time zone"],
  ["timestamp with time zone", "timestamp without time zone"],
  ["jsonb", "json"],
  ["mood", "text"],
  ["character(5)", "character(9)"],
  ["bit(3)", "bit(4)"],
])("does not serve a column of %s that became %s", (declared, found) => {
  expect(isServed(declared, found)).toBe(false);
});
