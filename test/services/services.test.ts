import pg from "pg";
import { describe, expect, it, onTestFinished } from "vitest";
import { describeWith } from "./needs.ts";
import { freshDatabase } from "./postgres.ts";
import type { PostgresVersion } from "./postgres-server.ts";
import { registryUser, startRegistry } from "./registry.ts";

/** What a declared schema may ask for on every version. */
const extensions = [
  "citext",
  "pg_trgm",
  "btree_gist",
  "hstore",
  "uuid-ossp",
  "pgcrypto",
  "ltree",
  "unaccent",
];

async function answerOf(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ answer: unknown }>(sql);
  await client.end();
  return rows[0]?.answer;
}

describe("a fresh database", () => {
  it("is empty, of Postgres 18, and gone once it was dropped", async () => {
    const database = await freshDatabase();
    expect(await answerOf(database.url, "select current_setting('server_version') as answer")).toMatch(
      /^18\./,
    );
    const tables = "select count(*)::int as answer from pg_tables where schemaname = 'public'";
    expect(await answerOf(database.url, tables)).toBe(0);
    await database.drop();
    await expect(answerOf(database.url, "select 1")).rejects.toThrow(/does not exist/);
  });

  it("is not shared with another test", async () => {
    const [one, two] = await Promise.all([freshDatabase(), freshDatabase()]);
    onTestFinished(async () => {
      await Promise.all([one.drop(), two.drop()]);
    });
    expect(one.url).not.toBe(two.url);
  });
});

async function isOfVersion(version: PostgresVersion): Promise<void> {
  const database = await freshDatabase({ version });
  onTestFinished(() => database.drop());
  const answer = await answerOf(database.url, "select current_setting('server_version_num')::int as answer");
  expect(Math.floor(Number(answer) / 10_000)).toBe(version);
  for (const name of extensions) await answerOf(database.url, `create extension "${name}"`);
  const installed = "select array_agg(extname::text) as answer from pg_extension";
  expect(await answerOf(database.url, installed)).toEqual(expect.arrayContaining(extensions));
}

describe("npm's Postgres", () => {
  it.each([16, 17, 18] as const)("%i is of its version and has contrib", isOfVersion);
});

for (const version of [13, 14, 15] as const)
  await describeWith([`postgres${version}`], `Postgres ${version}`, () => {
    it("is of its version and has contrib", () => isOfVersion(version));
  });

await describeWith(["registry"], "a registry", () => {
  it("speaks the distribution protocol", async () => {
    const registry = await startRegistry();
    onTestFinished(() => registry.stop());
    const answer = await fetch(`http://${registry.host}/v2/_catalog`);
    expect(await answer.json()).toEqual({ repositories: [] });
  });

  it("refuses the wrong password where one is asked for", async () => {
    const registry = await startRegistry({ auth: true });
    onTestFinished(() => registry.stop());
    const status = async (credentials: string) => {
      const authorization = `Basic ${Buffer.from(credentials).toString("base64")}`;
      return (await fetch(`http://${registry.host}/v2/`, { headers: { authorization } })).status;
    };
    expect(await status(`${registryUser.name}:wrong`)).toBe(401);
    expect(await status(`${registryUser.name}:${registryUser.password}`)).toBe(200);
  });
});
