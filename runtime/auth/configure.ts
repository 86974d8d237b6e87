import { z } from "zod";
import { bridgeEnvironment, isProduction } from "../../config/environment.ts";
import type { Manifest } from "../../schema/manifest.ts";
import { StkError } from "../../src/core/error.ts";
import { type Authenticator, createAuthenticator, createUnverifiedAuthenticator } from "./authenticator.ts";
import { developmentTrust, missingVariables, settingOf, trustedIssuer } from "./issuers.ts";
import type { JwksEffects } from "./jwks.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** How tokens are judged in this process. */
export type AuthMode = { readonly believesAll: boolean; readonly developmentJwks: string | undefined };

const variables = bridgeEnvironment.pick({ STK_DISABLE_AUTH: true, STK_DEV_JWKS: true });

/**
 * Reads how tokens are to be judged.
 *
 * @throws {StkError} `invalid_variable`; `development_only` for what production refuses.
 */
export function authMode(environment: Environment): AuthMode {
  const parsed = variables.safeParse(environment);
  if (!parsed.success) throw new StkError("invalid_variable", z.prettifyError(parsed.error));
  const { STK_DISABLE_AUTH: believesAll, STK_DEV_JWKS: developmentJwks } = parsed.data;
  const used = [
    ...(believesAll ? ["STK_DISABLE_AUTH"] : []),
    ...(developmentJwks === undefined ? [] : ["STK_DEV_JWKS"]),
  ];
  if (used.length > 0 && isProduction(environment)) {
    throw new StkError("development_only", `${used.join(" and ")} cannot be used in production.`, {
      hint: "Unset it, or say NODE_ENV=development where this is a development machine.",
    });
  }
  return { believesAll, developmentJwks };
}

/** The variables that this mode can do without: in development, issuers and limits of the server may be missing. */
export function optionalVariables(manifest: Manifest, { believesAll, developmentJwks }: AuthMode): string[] {
  if (!believesAll && developmentJwks === undefined) return [];
  const ofIssuers = manifest.issuers.flatMap(({ issuer, jwks }) =>
    [issuer, jwks].flatMap((one) => (typeof one === "object" ? [one.env] : [])),
  );
  const ofServer = manifest.environment.filter(({ usedBy }) =>
    usedBy.every((use) => use.startsWith("server.")),
  );
  return [...ofIssuers, ...ofServer.map(({ name }) => name)];
}

/**
 * Makes the authenticator of a release.
 *
 * @throws {StkError} `invalid_variable`.
 */
export function configureAuth(
  manifest: Manifest,
  environment: Environment,
  mode: AuthMode,
  effects: JwksEffects,
): Authenticator {
  const { roles } = manifest;
  const { now, log } = effects;
  if (mode.believesAll) {
    log.warn({}, "STK_DISABLE_AUTH is set: every token is believed.");
    const issuers = manifest.issuers.map(({ issuer, claims, roles: gives }) => ({
      issuer: settingOf(issuer, environment),
      claims,
      roles: gives,
    }));
    return createUnverifiedAuthenticator({ issuers, roles, now });
  }
  const issuers = manifest.issuers.flatMap((issuer) => {
    const missing = missingVariables(issuer, environment);
    if (missing.length === 0) return [trustedIssuer(issuer, environment, effects)];
    // Where the development issuer stands in for it, that is how a project is begun.
    const level = mode.developmentJwks === undefined ? "warn" : "info";
    log[level]({ missing }, "An issuer is left out, as its variables are not set.");
    return [];
  });
  const development = mode.developmentJwks === undefined ? [] : [developmentTrust(mode.developmentJwks)];
  return createAuthenticator({ issuers: [...issuers, ...development], roles, now });
}
