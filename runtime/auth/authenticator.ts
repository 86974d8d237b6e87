import { decodeJwt, errors, type JWTPayload, jwtVerify } from "jose";
import { LRUCache } from "lru-cache";
import { bridgeLimits } from "../../config/bridge.ts";
import { defaults } from "../../config/defaults.ts";
import { anonymous, type Caller } from "../caller.ts";
import { CallError } from "../error.ts";
import { callerOf } from "./claims.ts";
import type { TrustedIssuer } from "./issuers.ts";

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

/** A caller and until when the token may be taken from memory, in milliseconds. */
type Known = { readonly caller: Caller; readonly until: number };

/**
 * Believes tokens of the given issuers: signature, issuer, audience, algorithm and times are checked (RFC 8725), and
 * what they are checked against is never taken from the token. Verified ones are kept until they expire.
 */
export function createAuthenticator({ issuers, roles, now }: AuthenticatorInput): Authenticator {
  const declared = new Set(roles);
  const byName = new Map(issuers.map((issuer) => [issuer.issuer, issuer]));
  const known = new LRUCache<string, Known>({ max: limits.cached });

  async function verify(token: string): Promise<Caller> {
    const issuer = byName.get(claimedIssuer(token) ?? "");
    if (issuer === undefined) throw invalidToken("The token is of an issuer that is not trusted here.");
    const claims = await verified(token, issuer, now());
    const caller = callerOf(claims, issuer.claims, declared);
    const until = Math.min((claims.exp ?? 0) * 1_000, now() + limits.cachedMs);
    known.set(token, { caller, until });
    return caller;
  }

  return {
    authenticate(authorization) {
      if (authorization === undefined) return anonymous;
      const token = bearerToken(authorization);
      const held = known.get(token);
      return held !== undefined && now() < held.until ? held.caller : verify(token);
    },
  };
}

/** Believes whatever a token says, unless it is over. For development. */
export function createCredulousAuthenticator({
  issuers,
  roles,
  now,
}: Omit<AuthenticatorInput, "issuers"> & {
  readonly issuers: readonly Pick<TrustedIssuer, "issuer" | "claims">[];
}): Authenticator {
  const declared = new Set(roles);
  return {
    authenticate(authorization) {
      if (authorization === undefined) return anonymous;
      const claims = decoded(bearerToken(authorization));
      const issuer = issuers.find((one) => one.issuer === claims.iss) ?? issuers[0];
      const seconds = now() / 1_000;
      if (typeof claims.exp === "number" && claims.exp <= seconds)
        throw invalidToken("The token has expired.");
      if (typeof claims.nbf === "number" && claims.nbf > seconds)
        throw invalidToken("The token is not valid yet.");
      return callerOf(claims, issuer?.claims ?? defaults.issuer, declared);
    },
  };
}

/** RFC 6750, 2.1. */
const bearer = /^Bearer +([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*)$/i;

function bearerToken(authorization: string): string {
  const token = authorization.length > limits.bytes ? undefined : bearer.exec(authorization)?.[1];
  if (token === undefined)
    throw invalidToken("The Authorization header is not `Bearer` and a JSON Web Token.");
  return token;
}

function decoded(token: string): JWTPayload {
  try {
    return decodeJwt(token);
  } catch (cause) {
    throw invalidToken("The token cannot be read.", cause);
  }
}

const claimedIssuer = (token: string): string | undefined => {
  const { iss } = decoded(token);
  return typeof iss === "string" ? iss : undefined;
};

async function verified(token: string, trusted: TrustedIssuer, now: number): Promise<JWTPayload> {
  const options = {
    issuer: trusted.issuer,
    audience: [...trusted.audience],
    algorithms: [...trusted.algorithms],
    clockTolerance: trusted.clockToleranceMs / 1_000,
    currentDate: new Date(now),
    requiredClaims: ["exp"],
  };
  try {
    return (await jwtVerify(token, trusted.keys, options)).payload;
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw refusal(error);
    // A token without a kid, and several keys that could have signed it.
    for await (const key of error) {
      const result = await jwtVerify(token, key, options).catch((failure: unknown) => {
        if (!(failure instanceof errors.JWSSignatureVerificationFailed)) throw refusal(failure);
      });
      if (result !== undefined) return result.payload;
    }
    throw invalidToken("The token is not signed by its issuer.", error);
  }
}

function refusal(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) return invalidToken("The token has expired.", error);
  if (error instanceof errors.JWTClaimValidationFailed)
    return invalidToken(
      error.claim === "nbf"
        ? "The token is not valid yet."
        : `The token's \`${error.claim}\` is not accepted here.`,
      error,
    );
  return error instanceof errors.JOSEError || error instanceof TypeError
    ? invalidToken("The token is not signed by its issuer with an accepted algorithm.", error)
    : error;
}

const invalidToken = (message: string, cause?: unknown): CallError =>
  new CallError("invalid_token", message, { cause });
