import pg from "pg";
import { StkError } from "../core/error.ts";
import { verifiedTls } from "../core/verified-tls.ts";
import type { Database } from "./database.ts";
import { shownUrl } from "./shown-url.ts";
import { asSqlError, SqlError } from "./sql-error.ts";

/** Whom to connect to, and for how long to try. Aborting the signal cancels the statement that is running. */
export type PostgresOptions = {
  url: string;
  applicationName: string;
  connectTimeoutMs: number;
  signal?: AbortSignal;
};

/**
 * Opens one session with a Postgres server.
 *
 * @throws {StkError} `database_unreachable`, `database_refused` (the server answered, and said no); later
 *   `database_lost` and `interrupted`. The URL's password is in none of them.
 */
export async function openPostgres(options: PostgresOptions): Promise<Database> {
  const target = shownUrl(options.url);
  const client = newClient(options);
  let lost: Error | undefined;
  client.on("error", (error) => {
    lost = error;
  });
  const session = await sessionOf(client, options.connectTimeoutMs).catch(async (error: unknown) => {
    await client.end().catch(() => undefined);
    throw refusedConnection(error, target);
  });
  const cancel = () => void cancelBackend(options, session);
  options.signal?.addEventListener("abort", cancel, { once: true });

  const run = async <T>(sql: string, work: () => Promise<T>): Promise<T> => {
    if (options.signal?.aborted && !isEnding(sql)) throw interrupted();
    try {
      return await work();
    } catch (error) {
      const reported = asSqlError(error, sql);
      if (options.signal?.aborted) throw interrupted(reported);
      if (reported === error || isShutdown(reported)) throw lostConnection(lost ?? error, target);
      throw reported;
    }
  };
  return {
    query: <Row extends Record<string, unknown>>(
      sql: string,
      values: readonly unknown[] = [],
    ): Promise<Row[]> =>
      run(sql, async () => {
        const { rows } = await client.query<Row>({ text: sql, values: [...values] });
        return rows;
      }),
    script: (sql) =>
      run(sql, async () => {
        await client.query(sql);
      }),
    another: () => openPostgres(options),
    async close() {
      options.signal?.removeEventListener("abort", cancel);
      await client.end().catch(() => undefined);
    },
  };
}

function newClient({ url, applicationName, connectTimeoutMs }: PostgresOptions): pg.Client {
  try {
    if (!/^postgres(ql)?:\/\//.test(url)) throw new TypeError("not a URL of Postgres");
    return new pg.Client({
      connectionString: verifiedTls(url),
      application_name: applicationName,
      connectionTimeoutMillis: connectTimeoutMs,
      keepAlive: true,
    });
  } catch (error) {
    // Of all that a URL says only the files of TLS are opened.
    const file = error instanceof Error && "path" in error ? error.path : undefined;
    if (typeof file === "string")
      throw new StkError(
        "database_unreachable",
        `A file that the database's URL names cannot be read: ${file}`,
        {
          hint: "Check sslrootcert, sslcert and sslkey in the URL.",
        },
      );
    throw new StkError("database_unreachable", "The database's URL cannot be read.", {
      hint: "Write it as postgres://USER:PASSWORD@HOST:PORT/DATABASE, special characters percent-encoded.",
    });
  }
}

type Session = { pid: number; application: string };

/** A pooler may accept a client long before it has a session for it. */
async function sessionOf(client: pg.Client, timeoutMs: number): Promise<Session | undefined> {
  await client.connect();
  // Of @types/pg only the client has this option.
  const query = {
    text: "select pg_backend_pid() as pid, current_setting('application_name') as application",
    query_timeout: timeoutMs,
  };
  const { rows } = await client.query<Session>(query);
  return rows[0];
}

/**
 * A cancelled statement is an error of the session that runs it; what goes wrong here has nobody to tell. A pooler may
 * have lent the session to another application by now.
 */
async function cancelBackend(options: PostgresOptions, session: Session | undefined): Promise<void> {
  const client = newClient(options);
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query(
      "select pg_cancel_backend(pid) from pg_stat_activity where pid = $1 and application_name = $2",
      [session?.pid, session?.application],
    );
  } catch {
    // The session is closed by its owner in any case, which rolls back.
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** What gives back what the session holds is run even after it was told to stop. */
const isEnding = (sql: string): boolean => /^(rollback|select pg_advisory_unlock)\b/.test(sql);

/** The server ended the session (57P01 to 57P05; PostgreSQL documentation, appendix A). */
const isShutdown = (error: unknown): boolean =>
  error instanceof SqlError && error.problem.sqlstate.startsWith("57P0");

const interrupted = (cause?: unknown): StkError =>
  new StkError("interrupted", "Stopped; the running statement was cancelled.", { cause });

function refusedConnection(error: unknown, target: string): StkError {
  const reported = asSqlError(error, "");
  if (reported !== error && error instanceof Error)
    return new StkError("database_refused", `${target} refused the connection: ${error.message}`, {
      hint: "Check the user, the password and the database's name in the URL.",
      cause: error,
    });
  const reason = reasonOf(error);
  if (/\b(?:SSL|TLS|certificate)\b/i.test(reason))
    return new StkError("database_refused", `${target} and this machine agree on no TLS: ${reason}`, {
      hint: "Say in the URL what is meant: sslmode=verify-full (with sslrootcert=FILE where the authority is your own), no-verify or disable.",
      cause: error,
    });
  return new StkError("database_unreachable", `${target} does not answer: ${reason}`, {
    hint: "Check the host and the port, and that this machine may reach it.",
    cause: error,
  });
}

const lostConnection = (error: unknown, target: string): StkError =>
  new StkError("database_lost", `The connection to ${target} was lost: ${reasonOf(error)}`, {
    hint: "Nothing that was not committed has stayed. Run the command again.",
    cause: error,
  });

function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  return error instanceof Error && error.message !== "" ? error.message : String(error);
}
