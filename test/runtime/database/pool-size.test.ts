import { expect, test } from "vitest";
import { poolSize } from "../../../runtime/database/pool-size.ts";

test.each([
  [10, undefined, 10],
  [10, "1", 1],
  [10, "200", 10],
])("of %i declared and %s allowed, %i are held", (declared, STK_POOL, held) => {
  expect(poolSize(declared, STK_POOL === undefined ? {} : { STK_POOL })).toBe(held);
});

test.each(["0", "-1", "1.5", "many", "", "201"])("STK_POOL=%s is refused by its name", (STK_POOL) => {
  expect(() => poolSize(10, { STK_POOL })).toThrow(
    expect.objectContaining({ code: "invalid_variable", message: expect.stringContaining("STK_POOL") }),
  );
});
