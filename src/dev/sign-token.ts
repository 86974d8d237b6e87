import { CompactSign, importJWK } from "jose";
import { developmentIssuer } from "../../config/environment.ts";
import type { DevelopmentKey } from "./development-key.ts";

/** Whom a token speaks for. `claims` are added beside the registered ones (RFC 7519, section 4.1); a RawNumber keeps its digits. */
export type TokenSubject = {
  sub: string;
  roles: readonly string[];
  claims?: Readonly<Record<string, unknown>>;
  /** How long it is valid, in milliseconds; whole seconds count. */
  expiresInMs: number;
};

/**
 * A JWT that `stk dev` and `stk run --pglite` believe, and production never.
 *
 * @param now milliseconds since the epoch.
 */
export async function signToken(key: DevelopmentKey, subject: TokenSubject, now: number): Promise<string> {
  const issuedAt = Math.floor(now / 1_000);
  const { issuer, audience } = developmentIssuer;
  const payload = {
    ...subject.claims,
    roles: subject.roles,
    sub: subject.sub,
    iss: issuer,
    aud: audience,
    iat: issuedAt,
    exp: issuedAt + Math.ceil(subject.expiresInMs / 1_000),
  };
  // SignJWT copies the claims, and a copied RawNumber is no number any more.
  return new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: "JWT" })
    .sign(await importJWK(key, key.alg));
}
