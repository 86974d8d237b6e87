import type pg from "pg";
import { bridgeLimits } from "../../config/bridge.ts";
import { StkError } from "../../src/core/error.ts";
import { verifiedTls } from "../../src/core/verified-tls.ts";
import { sessionSettings } from "../sql/values.ts";

/** What a pool needs to know of its database. `url` holds a password and is never shown or logged. */
export type PoolSettings = {
  url: string;
  pool: number;
  statementTimeoutMs: number;
  connectTimeoutMs: number;
  /** How sessions name themselves in `pg_stat_activity`; Postgres keeps 63 bytes. */
  applicationName?: string;
};

/**
 * What a session is opened with: the URL (TLS as its `sslmode` says), and the settings that decoding takes for granted
 * in `options`, so that they hold from the first statement.
 *
 * @throws {StkError} `invalid_connection` when the URL is not one of Postgres; the message does not show it.
 */
export function sessionConfig(name: string, settings: PoolSettings): pg.ClientConfig {
  const url = URL.parse(settings.url);
  if (url === null || !["postgres:", "postgresql:"].includes(url.protocol)) {
    throw new StkError("invalid_connection", `The URL of connection \`${name}\` is not one of Postgres.`, {
      hint: "Write it as postgres://USER:PASSWORD@HOST:PORT/DATABASE, with special characters percent-encoded.",
    });
  }
  const own = url.searchParams.get("options");
  url.searchParams.delete("options");
  const options = Object.entries({
    ...sessionSettings,
    statement_timeout: String(settings.statementTimeoutMs),
    idle_in_transaction_session_timeout: String(bridgeLimits.pool.idleInTransactionMs),
  }).map(([key, value]) => `-c ${key}=${value.replace(/[\\ ]/g, "\\$&")}`);
  return {
    connectionString: verifiedTls(url.href),
    options: [...(own === null ? [] : [own]), ...options].join(" "),
    fallback_application_name: settings.applicationName ?? "santokit",
    connectionTimeoutMillis: settings.connectTimeoutMs,
  };
}
