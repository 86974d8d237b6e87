import { readFileSync } from "node:fs";
import type pg from "pg";
import { type ConnectionOptions, parse, toClientConfig } from "pg-connection-string";
import { bridgeLimits } from "../../config/bridge.ts";
import { defaults } from "../../config/defaults.ts";
import { StkError } from "../../src/core/error.ts";
import { verifiedTls } from "../../src/core/verified-tls.ts";
import { sessionSettings } from "../sql/values.ts";
import { assertAuthority } from "./authority-file.ts";
import { type ReadUrl, readUrl, UrlFault } from "./url.ts";

/** What a pool needs to know of its database. `url` holds a password and is never shown or logged. */
export type PoolSettings = {
  url: string;
  pool: number;
  statementTimeoutMs: number;
  connectTimeoutMs: number;
  /** How sessions name themselves in `pg_stat_activity`; Postgres keeps 63 bytes. */
  applicationName?: string;
  /** How long a session may live, and be unused; how long a silent peer is waited for before it is probed. */
  lifetimeMs?: number | undefined;
  idleMs?: number | undefined;
  keepaliveMs?: number | undefined;
};

/** A server of a connection, and how a session on it is opened. */
export type Target = {
  readonly server: string;
  /** @throws {Refusal} `no_certificate`; the error of Node where a file that the URL names cannot be read. */
  config(): pg.ClientConfig;
};

/** What sessions are opened with. */
export type SessionConfig = Omit<ReadUrl, "servers"> & {
  /** In the order in which they are tried. */
  readonly targets: readonly Target[];
  /** What holds on every session, by the names of Postgres' settings. */
  readonly settings: Readonly<Record<string, string>>;
};

/**
 * What sessions are opened with: the URL (TLS as its `sslmode` says), and the settings that decoding takes for granted
 * in `options`, so that they hold from the first statement.
 *
 * @throws {StkError} `invalid_connection` when the URL is not one of Postgres; the message does not show it.
 */
export function sessionConfig(name: string, settings: PoolSettings): SessionConfig {
  const read = readNamed(name, settings.url);
  const { servers, ...rest } = read;
  const all = {
    lock_timeout: String(bridgeLimits.pool.lockMs),
    ...sessionSettings,
    statement_timeout: String(settings.statementTimeoutMs),
    idle_in_transaction_session_timeout: String(bridgeLimits.pool.idleInTransactionMs),
  };
  const options = Object.entries(all).map(([key, value]) => `-c ${key}=${value.replace(/[\\ ]/g, "\\$&")}`);
  return {
    ...rest,
    settings: all,
    targets: servers.map(({ server, url }) => {
      const configOf = reader(verifiedTls(url));
      return {
        server,
        config: () => ({
          fallback_application_name: settings.applicationName ?? "santokit",
          ...configOf(),
          options: [...(read.options === undefined ? [] : [read.options]), ...options].join(" "),
          connectionTimeoutMillis: settings.connectTimeoutMs,
          keepAlive: true,
          keepAliveInitialDelayMillis: settings.keepaliveMs ?? defaults.connection.keepaliveMs,
        }),
      };
    }),
  };
}

function readNamed(name: string, url: string): ReadUrl {
  try {
    return readUrl(url);
  } catch (error) {
    if (!(error instanceof UrlFault)) throw error;
    throw new StkError(
      "invalid_connection",
      `The URL of connection \`${name}\` is not one of Postgres. ${error.message}`,
      {
        hint: "Write it as postgres://USER:PASSWORD@HOST:PORT/DATABASE, with special characters percent-encoded.",
      },
    );
  }
}

const files = { sslrootcert: "ca", sslcert: "cert", sslkey: "key" } as const;

/**
 * Takes a URL apart once, before any module is loaded, so that its password goes through nothing that modules hold too.
 * Only the files that it names are read for each session, as certificates are renewed.
 */
function reader(url: string): () => pg.ClientConfig {
  const query = new URL(url).searchParams;
  const named = Object.entries(files).flatMap(([param, option]) => {
    const file = query.get(param);
    return file === null || file === "" ? [] : [{ option, file }];
  });
  let parsed: pg.ClientConfig | undefined;
  const config = (): pg.ClientConfig => {
    if (parsed === undefined) {
      const { ssl, ...rest } = parse(url);
      parsed = toClientConfig(ssl === undefined ? rest : { ...rest, ssl: tls(ssl) });
    }
    return parsed;
  };
  try {
    config();
  } catch {
    // A file is not there yet: each session says so until it is.
  }
  return () => {
    const { ssl, ...rest } = config();
    if (typeof ssl !== "object") return ssl === undefined ? rest : { ...rest, ssl };
    const read = named.map(({ option, file }) => [option, readFileSync(file, "utf8")] as const);
    for (const [option, text] of read) if (option === "ca") assertAuthority(text);
    return { ...rest, ssl: { ...ssl, ...Object.fromEntries(read) } };
  };
}

/** `ssl=no-verify` and `ssl=true`, as the driver takes them; other words are no less than that. */
function tls(ssl: NonNullable<ConnectionOptions["ssl"]>): NonNullable<ConnectionOptions["ssl"]> {
  if (typeof ssl !== "string") return ssl;
  return ssl === "no-verify" ? { rejectUnauthorized: false } : true;
}
