import type { Manifest } from "../../../schema/manifest.ts";
import { StkError } from "../../core/error.ts";
import type { Environment } from "../dot-env.ts";

/**
 * The variables that a Bridge is given: those that its manifest names and that are set, and how much it logs. Nothing
 * else of this process's environment leaves it.
 *
 * @param embedded what embedded databases add, for development; without it the Bridge runs as in production.
 * @throws {StkError} `missing_variables`
 */
export function runEnvironment(
  manifest: Manifest,
  env: Environment,
  embedded: Readonly<Record<string, string>> | undefined,
): Record<string, string> {
  const level = env.STK_LOG_LEVEL;
  const named = manifest.environment.flatMap(({ name }) => {
    const value = env[name];
    return value === undefined || value === "" ? [] : [[name, value] as const];
  });
  const environment = {
    ...Object.fromEntries(named),
    NODE_ENV: embedded === undefined ? "production" : "development",
    ...embedded,
    ...(level === undefined ? {} : { STK_LOG_LEVEL: level }),
  };
  const optional = new Set(embedded === undefined ? [] : developmentDefaults(manifest));
  const missing = manifest.environment.filter(
    ({ name }) => !Object.hasOwn(environment, name) && !optional.has(name),
  );
  if (missing.length === 0) return environment;
  throw new StkError(
    "missing_variables",
    `The release needs ${missing.map(({ name, usedBy }) => `${name} (${usedBy.join(", ")})`).join(", ")}.`,
    {
      hint: `Set them, here or in the project's .env${embedded === undefined ? "; or run it on embedded databases with --pglite" : ""}.`,
      details: { missing: missing.map(({ name }) => name) },
    },
  );
}

/**
 * In development only the tokens of `stk token` are needed, and the server's limits have their defaults. What logic
 * reads too is needed all the same.
 */
function developmentDefaults({ issuers, logic, environment }: Manifest): string[] {
  const read = new Set(Object.values(logic).flatMap((call) => (call.kind === "module" ? call.env : [])));
  const ofIssuers = issuers
    .flatMap(({ issuer, jwks }) => [issuer, jwks])
    .flatMap((setting) => (typeof setting === "object" && !read.has(setting.env) ? [setting.env] : []));
  const ofServer = environment.filter(({ usedBy }) => usedBy.every((use) => use.startsWith("server.")));
  return [...ofIssuers, ...ofServer.map(({ name }) => name)];
}
