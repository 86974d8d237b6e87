import { importJWK, SignJWT } from "jose";
import { developmentIssuer } from "../../config/environment.ts";
import type { DevelopmentKey } from "./development-key.ts";

/** Whom a token speaks for. `claims` are added beside the registered ones (RFC 7519, section 4.1). */
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
  return new SignJWT({ ...subject.claims, roles: [...subject.roles] })
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: "JWT" })
    .setSubject(subject.sub)
    .setIssuer(developmentIssuer.issuer)
    .setAudience(developmentIssuer.audience)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + Math.ceil(subject.expiresInMs / 1_000))
    .sign(await importJWK(key, key.alg));
}
