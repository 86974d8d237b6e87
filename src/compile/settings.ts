import { defaults } from "../../config/defaults.ts";
import type { AuthFile } from "../../schema/auth.ts";
import type { ConnectionsFile } from "../../schema/connections.ts";
import type { Issuer, Manifest, Setting } from "../../schema/manifest.ts";
import { variableOf, variableReference } from "../../schema/names.ts";
import { bytes, milliseconds } from "../../schema/quantities.ts";
import type { ServerFile } from "../../schema/server.ts";

/** The connections with their defaults filled in. */
export const compileConnections = (file: ConnectionsFile): Manifest["connections"] =>
  Object.fromEntries(
    Object.entries(file).map(([name, { url, pool, optional, raises, ...times }]) => [
      name,
      {
        engine: "postgres" as const,
        url: { env: variableOf(url) },
        pool: pool ?? defaults.connection.pool,
        statementTimeoutMs: time(times.statementTimeout, defaults.connection.statementTimeoutMs),
        connectTimeoutMs: time(times.connectTimeout, defaults.connection.connectTimeoutMs),
        lifetimeMs: time(times.lifetime, defaults.connection.lifetimeMs),
        idleMs: time(times.idle, defaults.connection.idleMs),
        keepaliveMs: time(times.keepalive, defaults.connection.keepaliveMs),
        ...(optional === true ? { optional } : {}),
        ...(raises === undefined ? {} : { raises: [...new Set(raises)].sort() }),
      },
    ]),
  );

/** The issuers with their defaults filled in. */
export const compileIssuers = (file: AuthFile): Issuer[] =>
  (file.issuers ?? []).map(({ issuer, jwks, audience, algorithms, claims, roles, clockTolerance }) => ({
    issuer: settingOf(issuer),
    jwks: settingOf(jwks),
    audience: typeof audience === "string" ? [audience] : audience,
    algorithms: algorithms ?? [...defaults.issuer.algorithms],
    claims: { id: claims?.id ?? defaults.issuer.id, roles: claims?.roles ?? defaults.issuer.roles },
    ...(roles && { roles }),
    clockToleranceMs: time(clockTolerance, defaults.issuer.clockToleranceMs),
  }));

/** The server's limits with their defaults filled in. */
export const compileServer = ({ limits, cors, log, lameduck, drain }: ServerFile): Manifest["server"] => ({
  limits: {
    bodyBytes: settable(limits?.body, defaults.limits.bodyBytes, bytes),
    bodiesBytes: settable(limits?.bodies, defaults.limits.bodiesBytes, bytes),
    answerBytes: settable(limits?.answer, defaults.limits.answerBytes, bytes),
    answersBytes: settable(limits?.answers, defaults.limits.answersBytes, bytes),
    depth: settable(limits?.depth, defaults.limits.depth),
    rows: settable(limits?.rows, defaults.limits.rows),
    timeMs: settable(limits?.time, defaults.limits.timeMs, milliseconds),
    concurrency: settable(limits?.concurrency, defaults.limits.concurrency),
    connections: settable(limits?.connections, defaults.limits.connections),
  },
  ...(cors && {
    cors: {
      origins: settingsOf(cors.origins),
      credentials: settable(cors.credentials, false),
      allowHeaders: settingsOf(cors.allowHeaders),
      exposeHeaders: settingsOf(cors.exposeHeaders),
      maxAgeMs: settable(cors.maxAge, defaults.cors.maxAgeMs, milliseconds),
    },
  }),
  ...(log && {
    log: {
      ...(log.slow !== undefined && { slowMs: settable(log.slow, 0, milliseconds) }),
      caller: settable(log.caller, false),
      ...(log.address !== undefined && { address: settingOf(log.address) }),
    },
  }),
  ...(lameduck !== undefined && {
    lameduckMs: settable(lameduck, defaults.lameduckMs, milliseconds),
  }),
  drainMs: settable(drain, defaults.drainMs, milliseconds),
});

const time = (text: string | undefined, otherwise: number): number =>
  text === undefined ? otherwise : milliseconds(text);

type Variable = Exclude<Setting, string>;

/** A value of the file, `otherwise` where it is absent, or the variable that gives it at boot. */
function settable<T extends number | boolean>(
  value: T | string | undefined,
  otherwise: T,
  read?: (text: string) => T,
): T | Variable {
  if (typeof value !== "string") return value ?? otherwise;
  const setting = settingOf(value);
  return typeof setting === "object" ? setting : (read?.(setting) ?? otherwise);
}

const settingsOf = (value: string | readonly string[] | undefined): Setting[] =>
  (typeof value === "string" ? [value] : (value ?? [])).map(settingOf);

const settingOf = (text: string): Setting =>
  variableReference.safeParse(text).success ? { env: variableOf(text) } : text;

/** The variables that a release needs at boot, and what needs each. */
export function neededVariables(
  manifest: Pick<Manifest, "connections" | "issuers" | "server" | "logic">,
): Manifest["environment"] {
  const uses: (readonly [string, string])[] = [
    ...Object.entries(manifest.connections).map(
      ([name, { url }]) => [url.env, `connections.${name}.url`] as const,
    ),
    ...manifest.issuers.flatMap(({ issuer, jwks }, index) =>
      Object.entries({ issuer, jwks }).flatMap(([key, setting]) =>
        typeof setting === "string" ? [] : [[setting.env, `auth.issuers.${index}.${key}`] as const],
      ),
    ),
    ...variablesIn(manifest.server, "server"),
    ...Object.entries(manifest.logic).flatMap(([path, logic]) =>
      logic.kind === "module" ? logic.env.map((name) => [name, `logic/${path}`] as const) : [],
    ),
  ];
  const byName = Map.groupBy(uses, ([name]) => name);
  return [...byName]
    .map(([name, usedBy]) => ({ name, usedBy: [...new Set(usedBy.map(([, use]) => use))].sort() }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Every `{ env }` in a part of the manifest, and the path to it. */
function variablesIn(value: unknown, path: string): (readonly [string, string])[] {
  if (typeof value !== "object" || value === null) return [];
  if ("env" in value && typeof value.env === "string") return [[value.env, path]];
  return Object.entries(value).flatMap(([key, part]) => variablesIn(part, `${path}.${key}`));
}
