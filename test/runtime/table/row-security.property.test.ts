import { afterAll, beforeAll, expect, it } from "vitest";
import type { Database } from "../../../runtime/database/database.ts";
import { play, tablesSql } from "./row-security.ts";
import { databaseWith } from "./world.ts";

let database: Database;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ database, close } = await databaseWith(tablesSql));
});
afterAll(() => close());

it("refuses what row security with the same rules refuses, and lets through what it lets through", async () => {
  const outcomes: string[] = [];
  for (let seed = 1; seed <= 120; seed += 1) {
    const { expected, problem } = await play(database, seed);
    expect(problem).toBeUndefined();
    outcomes.push(expected);
  }
  for (const outcome of ["done", "forbidden", "conflict"])
    expect(outcomes.filter((one) => one === outcome).length).toBeGreaterThan(3);
}, 60_000);
