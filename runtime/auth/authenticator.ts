import { decodeJwt, decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from "jose";
import { LRUCache } from "lru-cache";
import { bridgeLimits } from "../../config/bridge.ts";
import { defaults } from "../../config/defaults.ts";
import { parseExact } from "../../src/core/exact-json.ts";
import { anonymous, type Caller } from "../caller.ts";
import { callerOf } from "./claims.ts";
import type { TrustedIssuer } from "./issuers.ts";
import type { IssuerKeys } from "./jwks.ts";
import type { KeySet } from "./key-set.ts";
import { invalidToken, refusal } from "./refusal.ts";

/** Tells who makes a request by its Authorization header. */
export type Authenticator = {
  /**
   * At once where the token is known, else when it was verified. A request without a header is anonymous; one whose
   * token is bad is refused even where none is needed.
   *
   * @throws {CallError} `invalid_token`; `unavailable` when the issuer's keys cannot be had.
   */
  authenticate(authorization: string | undefined): Caller | Promise<Caller>;
};

/** What an authenticator believes. `roles` are the declared ones; `now` is in milliseconds. */
export type AuthenticatorInput = {
  readonly issuers: readonly TrustedIssuer[];
  readonly roles: readonly string[];
  readonly now: () => number;
};

const limits = bridgeLimits.tokens;

/** A caller, until when the token may be taken from memory, in milliseconds, and the keys by which it was verified. */
type Known = {
  readonly caller: Caller;
  readonly until: number;
  readonly keys: IssuerKeys;
  readonly set: KeySet;
};

/**
 * Believes tokens of the given issuers: signature, issuer, audience, algorithm and times are checked (RFC 8725), and
 * what they are checked against is never taken from the token. Verified ones are kept until they expire or the keys of
 * their issuer change.
 */
export function createAuthenticator({ issuers, roles, now }: AuthenticatorInput): Authenticator {
  const byName = new Map(
    issuers.map((issuer) => [issuer.issuer, { ...issuer, gives: givenBy(issuer, roles) }]),
  );
  const known = new LRUCache<string, Known>({ max: limits.cached });

  async function verify(token: string): Promise<Caller> {
    const claimed = decoded(token);
    const issuer = typeof claimed.iss === "string" ? byName.get(claimed.iss) : undefined;
    if (issuer === undefined)
      throw invalidToken("The token is of an issuer that is not trusted here.", "wrong issuer");
    assertTimes(claimed);
    const { claims, set } = await verified(token, issuer, now());
    const caller = callerOf(exactClaims(token), issuer.claims, issuer.gives);
    known.set(token, { caller, until: (claims.exp ?? 0) * 1_000, keys: issuer.keys, set });
    return caller;
  }

  return {
    authenticate(authorization) {
      if (authorization === undefined) return anonymous;
      const token = bearerToken(authorization);
      const held = known.get(token);
      if (held === undefined || now() >= held.until || held.keys.current() !== held.set) return verify(token);
      return held.caller;
    },
  };
}

/** Believes whatever a token says, unless it is over. For development. */
export function createUnverifiedAuthenticator({
  issuers,
  roles,
  now,
}: Omit<AuthenticatorInput, "issuers"> & {
  readonly issuers: readonly Pick<TrustedIssuer, "issuer" | "claims" | "roles">[];
}): Authenticator {
  return {
    authenticate(authorization) {
      if (authorization === undefined) return anonymous;
      const token = bearerToken(authorization);
      const claims = decoded(token);
      const issuer = issuers.find((one) => one.issuer === claims.iss) ?? issuers[0];
      assertTimes(claims);
      const seconds = now() / 1_000;
      if (claims.exp !== undefined && claims.exp <= seconds)
        throw invalidToken("The token has expired.", "expired");
      if (claims.nbf !== undefined && claims.nbf > seconds)
        throw invalidToken("The token is not valid yet.", "not valid yet");
      return callerOf(exactClaims(token), issuer?.claims ?? defaults.issuer, givenBy(issuer, roles));
    },
  };
}

/** The declared roles that an issuer may give. */
const givenBy = (
  issuer: Pick<TrustedIssuer, "roles"> | undefined,
  declared: readonly string[],
): ReadonlySet<string> => new Set(declared.filter((role) => issuer?.roles?.includes(role) ?? true));

/** RFC 6750, 2.1. */
const bearer = /^Bearer +([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*)$/i;

function bearerToken(authorization: string): string {
  const token = authorization.length > limits.bytes ? undefined : bearer.exec(authorization)?.[1];
  if (token === undefined)
    throw invalidToken("The Authorization header is not `Bearer` and a JSON Web Token.", "no bearer token");
  return token;
}

function decoded(token: string): JWTPayload {
  try {
    return decodeJwt(token);
  } catch (cause) {
    throw invalidToken("The token cannot be read.", "malformed", cause);
  }
}

/** The claims of a token that was read before, now to the last digit. */
function exactClaims(token: string): Record<string, unknown> {
  const [, payload = ""] = token.split(".");
  const claims = parseExact(new TextDecoder().decode(Buffer.from(payload, "base64url")), "value");
  return typeof claims === "object" && claims !== null ? { ...claims } : {};
}

/** Refuses a time that is no finite number (RFC 7519, 2, NumericDate): JSON.parse reads 1e400 as infinity. */
function assertTimes(claims: JWTPayload): void {
  for (const claim of ["exp", "nbf", "iat"])
    if (claims[claim] !== undefined && !Number.isFinite(claims[claim]))
      throw invalidToken(`The token's \`${claim}\` is not accepted here.`, `\`${claim}\` is no number`);
}

/** What a token was verified to claim, and by which keys. */
type Verified = { readonly claims: JWTPayload; readonly set: KeySet };

/** Verifies a token, with newer keys where it does not fit those that are known. */
async function verified(token: string, issuer: TrustedIssuer, now: number): Promise<Verified> {
  const set = await issuer.keys.confirmed();
  try {
    return { claims: await verifiedBy(set, token, issuer, now), set };
  } catch (error) {
    const renewed = await renewedFor(error, token, set, issuer.keys);
    if (renewed === undefined) throw refusal(error);
    const claims = await verifiedBy(renewed, token, issuer, now).catch((failure: unknown) => {
      throw refusal(failure);
    });
    return { claims, set: renewed };
  }
}

async function renewedFor(error: unknown, token: string, set: KeySet, keys: IssuerKeys) {
  if (error instanceof errors.JWKSNoMatchingKey)
    return keys.renewed(set, decodeProtectedHeader(token).kid ?? "");
  // Whoever keeps one key changes it under the same name, or under none.
  if (error instanceof errors.JWSSignatureVerificationFailed) return keys.renewed(set, undefined);
  return undefined;
}

async function verifiedBy(
  set: KeySet,
  token: string,
  trusted: TrustedIssuer,
  now: number,
): Promise<JWTPayload> {
  const options = {
    issuer: trusted.issuer,
    audience: [...trusted.audience],
    algorithms: [...trusted.algorithms],
    clockTolerance: trusted.clockToleranceMs / 1_000,
    currentDate: new Date(now),
    requiredClaims: ["exp"],
  };
  try {
    return (await jwtVerify(token, set.find, options)).payload;
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    // A token without a kid, and several keys that could have signed it.
    for await (const key of error) {
      const result = await jwtVerify(token, key, options).catch((failure: unknown) => {
        if (!(failure instanceof errors.JWSSignatureVerificationFailed)) throw failure;
      });
      if (result !== undefined) return result.payload;
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}
