import { expect, it } from "vitest";
import { play, tablesSql } from "./row-security.ts";
import { databaseWith } from "./world.ts";

it("agrees with row security in ten thousand rounds", async () => {
  const { database, close } = await databaseWith(tablesSql);
  try {
    for (let seed = 1_000; seed < 11_000; seed += 1)
      expect((await play(database, seed)).problem).toBeUndefined();
  } finally {
    await close();
  }
}, 3_600_000);
