import { defaults } from "../../config/defaults.ts";
import { developmentIssuer } from "../../config/environment.ts";
import { algorithms } from "../../schema/auth.ts";
import type { Manifest, Setting } from "../../schema/manifest.ts";
import { StkError } from "../../src/core/error.ts";
import type { ClaimNames } from "./claims.ts";
import { fixedKeys, type IssuerKeys, type JwksEffects, RemoteKeys } from "./jwks.ts";
import { readKeySet } from "./key-set.ts";

/** An issuer whose tokens are believed, with all that is pinned. */
export type TrustedIssuer = {
  readonly issuer: string;
  readonly audience: readonly string[];
  readonly algorithms: readonly string[];
  readonly claims: ClaimNames;
  /** The roles that it may give; every declared one without it. */
  readonly roles?: readonly string[] | undefined;
  readonly clockToleranceMs: number;
  readonly keys: IssuerKeys;
};

type Environment = Readonly<Record<string, string | undefined>>;

/** The variables of an issuer that the environment lacks. */
export const missingVariables = (issuer: Manifest["issuers"][number], environment: Environment): string[] =>
  [issuer.issuer, issuer.jwks].flatMap((setting) =>
    typeof setting === "object" && !environment[setting.env] ? [setting.env] : [],
  );

/**
 * Reads where an issuer's keys are and who it is from the environment.
 *
 * @throws {StkError} `invalid_variable` for an address of keys that is no URL, or neither https nor of this machine.
 */
export function trustedIssuer(
  issuer: Manifest["issuers"][number],
  environment: Environment,
  effects: JwksEffects,
): TrustedIssuer {
  const { audience, algorithms, claims, roles, clockToleranceMs } = issuer;
  const keys = new RemoteKeys(keysUrl(issuer.jwks, environment), effects);
  return {
    issuer: settingOf(issuer.issuer, environment),
    audience,
    algorithms,
    claims,
    roles,
    clockToleranceMs,
    keys,
  };
}

/**
 * The issuer of `stk token`.
 *
 * @param jwks its public keys: the value of STK_DEV_JWKS.
 * @throws {StkError} `invalid_variable` when that is no key set.
 */
export function developmentTrust(jwks: string): TrustedIssuer {
  try {
    const set = readKeySet(jwks);
    if (set.size === 0) throw new Error("It has no public key.");
    return {
      issuer: developmentIssuer.issuer,
      audience: [developmentIssuer.audience],
      algorithms,
      claims: defaults.issuer,
      clockToleranceMs: defaults.issuer.clockToleranceMs,
      keys: fixedKeys(set),
    };
  } catch (cause) {
    throw new StkError("invalid_variable", "STK_DEV_JWKS is not a JSON Web Key Set of public keys.", {
      cause,
    });
  }
}

/** A setting as the environment has it; empty where it lacks it. */
export const settingOf = (setting: Setting, environment: Environment): string =>
  typeof setting === "string" ? setting : (environment[setting.env] ?? "");

function keysUrl(setting: Setting, environment: Environment): URL {
  const url = URL.parse(settingOf(setting, environment));
  const name = typeof setting === "string" ? "`jwks` of config/auth.yaml" : setting.env;
  if (url === null) throw new StkError("invalid_variable", `${name} is not a URL.`);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname)))
    throw new StkError(
      "invalid_variable",
      `${name} must be https: who can change the keys can sign any token.`,
      {
        hint: "Plain http is taken from this machine only: http://127.0.0.1:8080/jwks.json",
      },
    );
  return url;
}

const isLoopback = (host: string): boolean =>
  host === "localhost" ||
  host.endsWith(".localhost") ||
  host === "[::1]" ||
  /^127(?:\.\d{1,3}){3}$/.test(host);
