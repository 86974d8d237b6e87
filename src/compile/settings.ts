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
    Object.entries(file).map(([name, { url, pool, statementTimeout, connectTimeout, optional, raises }]) => [
      name,
      {
        engine: "postgres" as const,
        url: { env: variableOf(url) },
        pool: pool ?? defaults.connection.pool,
        statementTimeoutMs: time(statementTimeout, defaults.connection.statementTimeoutMs),
        connectTimeoutMs: time(connectTimeout, defaults.connection.connectTimeoutMs),
        ...(optional === true ? { optional } : {}),
        ...(raises === undefined ? {} : { raises: [...new Set(raises)].sort() }),
      },
    ]),
  );

/** The issuers with their defaults filled in. */
export const compileIssuers = (file: AuthFile): Issuer[] =>
  (file.issuers ?? []).map(({ issuer, jwks, audience, algorithms, claims, clockTolerance }) => ({
    issuer: settingOf(issuer),
    jwks: settingOf(jwks),
    audience: typeof audience === "string" ? [audience] : audience,
    algorithms: algorithms ?? [...defaults.issuer.algorithms],
    claims: { id: claims?.id ?? defaults.issuer.id, roles: claims?.roles ?? defaults.issuer.roles },
    clockToleranceMs: time(clockTolerance, defaults.issuer.clockToleranceMs),
  }));

/** The server's limits with their defaults filled in. */
export const compileServer = ({ limits, cors, lameduck, drain }: ServerFile): Manifest["server"] => ({
  limits: {
    bodyBytes: limits?.body === undefined ? defaults.limits.bodyBytes : bytes(limits.body),
    depth: limits?.depth ?? defaults.limits.depth,
    rows: limits?.rows ?? defaults.limits.rows,
    timeMs: time(limits?.time, defaults.limits.timeMs),
    concurrency: limits?.concurrency ?? defaults.limits.concurrency,
  },
  ...(cors && { cors: { origins: cors.origins, maxAgeMs: time(cors.maxAge, defaults.cors.maxAgeMs) } }),
  ...(lameduck !== undefined && { lameduckMs: milliseconds(lameduck) }),
  drainMs: time(drain, defaults.drainMs),
});

const time = (text: string | undefined, otherwise: number): number =>
  text === undefined ? otherwise : milliseconds(text);

const settingOf = (text: string): Setting =>
  variableReference.safeParse(text).success ? { env: variableOf(text) } : text;

/** The variables that a release needs at boot, and what needs each. */
export function neededVariables(
  manifest: Pick<Manifest, "connections" | "issuers" | "logic">,
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
    ...Object.entries(manifest.logic).flatMap(([path, logic]) =>
      logic.kind === "module" ? logic.env.map((name) => [name, `logic/${path}`] as const) : [],
    ),
  ];
  const byName = Map.groupBy(uses, ([name]) => name);
  return [...byName]
    .map(([name, usedBy]) => ({ name, usedBy: [...new Set(usedBy.map(([, use]) => use))].sort() }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
