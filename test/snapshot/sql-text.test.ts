import { describe, expect, it } from "vitest";
import { listItems, literalOf, masked, nameOf, withoutParentheses } from "../../src/snapshot/sql-text.ts";

describe("SQL as Postgres spells it", () => {
  it.each([
    ["((a > 1))", "a > 1"],
    ["(a) AND (b)", "(a) AND (b)"],
    ["(a = ')')", "a = ')'"],
    [`("(" = 'it''s (')`, `"(" = 'it''s ('`],
    ["( SELECT f() AS f)", "( SELECT f() AS f)"],
    ["a", "a"],
  ])("loses the parentheses around all of %s", (sql, expected) => {
    expect(withoutParentheses(sql)).toBe(expected);
  });

  it("is masked where it is quoted, and stays as long", () => {
    expect(masked(`a 'b''c' "d""e" f`)).toBe("a xxxxxx xxxxxx f");
  });

  it.each([
    ["a, lower(b, c), 'd,e'", ["a", "lower(b, c)", "'d,e'"]],
    [`"x,y", ARRAY[1, 2]`, [`"x,y"`, "ARRAY[1, 2]"]],
    ["'('", ["'('"]],
  ])("is split at the commas of %s alone", (sql, items) => {
    expect(listItems(sql)).toEqual(items);
  });

  it("is a constant only where it is nothing else", () => {
    expect(literalOf("'it''s'::text")).toEqual({ text: "it's", cast: "text" });
    expect(literalOf("'a'::text || 'b'::text")).toEqual({ text: "a", cast: "text || 'b'::text" });
    expect(literalOf("E'a\\\\b'::text")).toBeUndefined();
    expect(literalOf("now()")).toBeUndefined();
  });

  it("names a column with or without quotes", () => {
    expect([nameOf("at"), nameOf('"At""x"'), nameOf("lower(at)"), nameOf("At")]).toEqual([
      "at",
      'At"x',
      undefined,
      undefined,
    ]);
  });
});
