import { expect, it, onTestFinished } from "vitest";
import { openPglite } from "../../src/database/pglite.ts";
import { reservedWords } from "../../src/lint/reserved-words.ts";

it("are those that Postgres names", { timeout: 60_000 }, async () => {
  const database = await openPglite();
  onTestFinished(() => database.close());
  const rows = await database.query<{ word: string }>(
    "select word from pg_get_keywords() where catcode in ('R', 'T') order by word",
  );
  expect([...reservedWords].sort()).toEqual(rows.map(({ word }) => word).sort());
});
