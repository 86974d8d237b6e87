import { randomBytes } from "node:crypto";
import pg from "pg";
import { askService } from "./ask.ts";
import type { PostgresVersion } from "./postgres-server.ts";

/** A database that only one test uses. */
export type FreshDatabase = { url: string; drop(): Promise<void> };

/** The address of a real Postgres, which the first to ask starts: its superuser and the database `postgres`. */
export const postgresUrl = ({ version = 18 }: { version?: PostgresVersion } = {}): Promise<string> =>
  askService(`/postgres/${version}`);

/**
 * A new, empty database.
 *
 * @example
 * const database = await freshDatabase();
 * onTestFinished(() => database.drop());
 */
export async function freshDatabase({
  version = 18,
}: {
  version?: PostgresVersion;
} = {}): Promise<FreshDatabase> {
  const server = await postgresUrl({ version });
  const name = `test_${randomBytes(8).toString("hex")}`;
  await execute(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => execute(server, `drop database if exists ${name} with (force)`) };
}

async function execute(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
