import { expect, it, onTestFinished } from "vitest";
import { openPostgres } from "../../src/database/postgres.ts";
import { describeWith } from "./needs.ts";
import { differenceSeenByPgDump } from "./pg-dump.ts";
import { freshDatabase } from "./postgres.ts";

await describeWith(["postgres15"], "the eyes of pg_dump", () => {
  it("tell two databases apart, schema by schema, and not by the order of columns", async () => {
    const made = async (sql: string): Promise<string> => {
      const { url, drop } = await freshDatabase({ version: 15 });
      onTestFinished(drop);
      const database = await openPostgres({ url, applicationName: "test", connectTimeoutMs: 5_000 });
      await database.script(`create schema a; create schema b; ${sql}`);
      await database.close();
      return url;
    };
    const [url, same, other] = await Promise.all([
      made("create table a.t (id int, name text); create table b.t (id int)"),
      made("create table a.t (name text, id int); create table b.t (id int)"),
      made("create table a.t (id int); create table b.t (id int, name text)"),
    ]);
    expect(await differenceSeenByPgDump(15, url, same)).toEqual([]);
    expect(await differenceSeenByPgDump(15, url, other)).toEqual([
      "a: +     name text",
      "b: -     name text",
    ]);
  });
});
