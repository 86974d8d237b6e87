import { setFlagsFromString } from "node:v8";
import type { PGlite } from "@electric-sql/pglite";
import { cacheDirectory } from "../core/cache-directory.ts";
import { contribNamed, loadedAtStart } from "./contrib.ts";
import { writeContrib, writeStandIn } from "./contrib-files.ts";
import { makeDataDirectory } from "./data-directory.ts";
import type { Database } from "./database.ts";
import { cachedDataDirectory } from "./initialised-data.ts";
import { asSqlError } from "./sql-error.ts";

/** A {@link Database} inside this process. */
export interface EmbeddedDatabase extends Database {
  provide(extensions: readonly string[]): Promise<void>;
  /** The engine itself, for what the port does not offer: the wire protocol, `describeQuery`. */
  readonly pglite: PGlite;
}

/**
 * `directory` keeps the data there, else it is in memory; `cache` is where an initialised empty one is kept.
 * `extensions`: those that it is able to make at once; others are provided later. `settings`: what `reset` leads back to.
 */
export type PgliteOptions = {
  directory?: string;
  cache?: string;
  extensions?: readonly string[];
  settings?: Readonly<Record<string, string>>;
};

/** Room for the locks of one transaction that makes about 20,000 tables; there is no second connection. */
const locks = ["-c", "max_connections=20", "-c", "max_locks_per_transaction=4096"];

/** Every open clears them, so that the usual 128 MB take longer than all that a schema asks of them. */
const buffers = ["-c", "shared_buffers=16MB"];

/** A data directory of one segment of 1 MB and not 16, which is copied and hashed at each open. */
const smallSegments = ["--wal-segsize=1"];

/**
 * How much a function of the engine runs before V8 compiles it once more, and better: by the usual 13,000,000 a command
 * spends a third of its time on functions that it hardly calls again.
 */
const compileWhatIsHot = "--wasm-tiering-budget=300000000";

const int8 = 20;
const numeric = 1700;
const asText = (text: string): string => text;

/**
 * Opens an embedded Postgres 18, in UTC. About 0.3 s; 2 to 5 s for the first ever, which leaves its initialised
 * data in the cache for the next.
 */
export async function openPglite({
  directory,
  cache,
  extensions = [],
  settings = {},
}: PgliteOptions = {}): Promise<EmbeddedDatabase> {
  setFlagsFromString(compileWhatIsHot);
  const { PGlite } = await import("@electric-sql/pglite");
  const parsers = { [int8]: asText, [numeric]: asText };
  const initialised = (): Promise<Blob> =>
    cachedDataDirectory(cache ?? cacheDirectory(process.env), async () => {
      const first = await PGlite.create({ initDbStartParams: smallSegments });
      const data = await first.dumpDataDir("none");
      await first.close();
      return data;
    });
  if (directory !== undefined) await makeDataDirectory(directory, initialised);
  const pglite = await PGlite.create({
    parsers,
    startParams: [
      ...[...PGlite.defaultStartParams, ...locks, ...buffers],
      ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    ],
    extensions: await loadedAtStart(extensions),
    ...(directory === undefined ? { loadDataDir: await initialised() } : { dataDir: directory }),
  });
  const provided = new Set<string>();
  const provide = async (names: readonly string[]): Promise<void> => {
    for (const name of names.filter((one) => !provided.has(one))) {
      const extension = await contribNamed(name);
      if (extension === undefined) writeStandIn(pglite, name);
      else await writeContrib(pglite, extension);
      provided.add(name);
    }
  };
  await provide(extensions);
  await pglite.exec("set timezone = 'UTC'");
  return {
    pglite,
    keepsStatements: true,
    async query<Row extends Record<string, unknown>>(
      sql: string,
      values: readonly unknown[] = [],
    ): Promise<Row[]> {
      try {
        return (await pglite.query<Row>(sql, [...values])).rows;
      } catch (error) {
        throw asSqlError(error, sql);
      }
    },
    async script(sql) {
      try {
        await pglite.exec(sql);
      } catch (error) {
        throw asSqlError(error, sql);
      }
    },
    provide,
    close: () => pglite.close(),
  };
}
