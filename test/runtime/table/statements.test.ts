import { expect, it } from "vitest";
import { Parameters } from "../../../runtime/table/parameters.ts";
import { PreparedNames, ShapeCache } from "../../../runtime/table/statements.ts";

const twice = (names: PreparedNames, text: string): string | undefined => {
  const { statement } = names.prepare(text, new Parameters());
  statement();
  return statement().name;
};

it("a statement that comes again is kept prepared, but for one that is long", () => {
  const names = new PreparedNames();
  expect(twice(names, `select '${"x".repeat(10_000)}'`)).toBeUndefined();
  const first = twice(names, "select 0");
  for (let number = 1; number < 2_000; number += 1) expect(twice(names, `select ${number}`)).toBeDefined();
  expect(twice(names, "select 0")).toBe(first);
});

it("a statement is compiled once for each shape of each plan", () => {
  const cache = new ShapeCache();
  const [one, other] = [cache.shapes<{ of: string }>(), cache.shapes<{ of: string }>()];
  const made = one.get("id eq;", () => ({ of: "one" }));
  expect(one.get("id eq;", () => ({ of: "one again" }))).toBe(made);
  expect(other.get("id eq;", () => ({ of: "other" }))).toEqual({ of: "other" });
});

it("shapes that somebody makes up are forgotten, over all plans, before they fill the memory", () => {
  const cache = new ShapeCache();
  const plans = Array.from({ length: 20 }, () => cache.shapes<{ made: string }>());
  const shapeOf = (number: number): string => `${number} ${"title ilike;".repeat(200)}`;
  let compiled = 0;
  const ask = (number: number): void => {
    plans[number % plans.length]?.get(shapeOf(number), () => {
      compiled += 1;
      return { made: shapeOf(number) };
    });
  };
  for (let number = 0; number < 2_000; number += 1) ask(number);
  ask(1_999);
  expect(compiled).toBe(2_000);
  for (let number = 0; number < 1_700; number += 1) ask(number);
  expect(compiled).toBe(3_700);
});
