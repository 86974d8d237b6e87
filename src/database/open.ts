import { embeddableExtensions } from "./contrib.ts";
import type { Database } from "./database.ts";
import { openPglite } from "./pglite.ts";
import { openPostgres, type PostgresOptions } from "./postgres.ts";

const embedded = "pglite:";

/**
 * Opens the database of a URL: a server, or with `pglite:DIRECTORY` an embedded one.
 *
 * @throws {StkError} see {@link openPostgres}
 */
export const openDatabase = (options: PostgresOptions): Promise<Database> =>
  options.url.startsWith(embedded)
    ? openPglite({ directory: options.url.slice(embedded.length), extensions: embeddableExtensions })
    : openPostgres(options);
