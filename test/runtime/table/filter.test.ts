import { describe, expect, it } from "vitest";
import { CallError } from "../../../runtime/error.ts";
import { Filter } from "../../../runtime/table/filter.ts";
import { tablesOf } from "../../../runtime/table/table.ts";
import { selectParams } from "../../../schema/wire.ts";
import { Random } from "./random.ts";
import { table } from "./world.ts";

const columns = new Map(
  [
    ...(tablesOf({ enums: {}, tables: { t: table({ a: "integer", s: "text" }) } }).get("t")?.columns ?? []),
  ].map(([name, column]) => [name, { column }]),
);

const words = [
  "a",
  "s",
  "and",
  "or",
  "not",
  "exists",
  "eq",
  "ne",
  "in",
  "like",
  "isNull",
  "gt",
  "b",
  "__proto__",
];
const scalars: readonly unknown[] = [
  0,
  1,
  -1,
  1.5,
  2 ** 31,
  true,
  null,
  "",
  "a",
  "a\\",
  "1",
  "\0",
  "$user.id",
];

/** An object as JSON.parse makes it, so that `__proto__` is a key like any other. */
const objectOf = (keys: readonly string[], make: (key: string) => unknown): unknown =>
  JSON.parse(`{${keys.map((key) => `${JSON.stringify(key)}: ${JSON.stringify(make(key))}`).join(",")}}`);

/** Anything that JSON can hold, of the words of a condition. */
function anything(random: Random, depth: number): unknown {
  const kind = depth === 0 ? 0 : random.below(3);
  if (kind === 0) return random.pick(scalars);
  if (kind === 1) return random.list(random.below(3), () => anything(random, depth - 1));
  return objectOf(random.some(words, 0.15), () => anything(random, depth - 1));
}

/** A condition, but for a place here and there. */
function nearly(random: Random, depth: number): unknown {
  if (random.chance(0.05)) return anything(random, 2);
  const keys = random.some(["a", "s", ...(depth > 0 ? ["and", "or", "not"] : [])], 0.35);
  return objectOf(keys, (key) => {
    if (key === "not") return nearly(random, depth - 1);
    if (key === "and" || key === "or")
      return random.list(1 + random.below(2), () => nearly(random, depth - 1));
    const value = (): unknown =>
      random.chance(0.05) ? anything(random, 1) : key === "a" ? random.below(5) : "x";
    if (random.chance(0.3)) return value();
    return objectOf(random.some(["eq", "ne", "gt", "in", "like", "isNull"], 0.3), (operator) => {
      if (operator === "in") return random.list(random.below(3), value);
      return operator === "isNull" ? random.chance(0.5) : value();
    });
  });
}

describe("a condition of a call", () => {
  it("is read only if it is one of the wire's", () => {
    let read = 0;
    for (let seed = 0; seed < 20_000; seed += 1) {
      const where = nearly(new Random(seed), 2);
      const filter = new Filter(columns, 20, []);
      try {
        filter.read(where, "where");
      } catch (error) {
        if (!(error instanceof CallError)) throw error;
        continue;
      }
      read += filter.count > 0 ? 1 : 0;
      expect(selectParams.safeParse({ where }).error, JSON.stringify(where)).toBeUndefined();
    }
    expect(read).toBeGreaterThan(2_000);
  });

  it("has a key that differs where anything but a value does", () => {
    const keys = new Map<string, string>();
    for (let seed = 0; seed < 20_000; seed += 1) {
      const where = nearly(new Random(seed), 2);
      const values: (string | null)[] = [];
      const filter = new Filter(columns, 20, values);
      try {
        const condition = JSON.stringify(filter.read(where, "where"));
        expect(keys.get(filter.key) ?? condition, filter.key).toBe(condition);
        keys.set(filter.key, condition);
      } catch (error) {
        if (!(error instanceof CallError)) throw error;
      }
    }
    expect(keys.size).toBeGreaterThan(500);
  });
});
