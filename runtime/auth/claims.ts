import { claimPath } from "../../schema/predicate.ts";
import type { Caller } from "../caller.ts";
import { frozenJson } from "../frozen-json.ts";

/** Where a token holds the user's id and roles. */
export type ClaimNames = { readonly id: string; readonly roles: string };

type Claims = Readonly<Record<string, unknown>>;

/**
 * Makes a caller of verified claims. Of the token's roles only those are held that its issuer may give, so that no
 * token gives itself `public`, `authenticated` or a role that the project does not know.
 */
export function callerOf(claims: Claims, names: ClaimNames, given: ReadonlySet<string>): Caller {
  const held = rolesOf(claimAt(claims, names.roles)).filter((role) => given.has(role));
  const roles = [...new Set(["public", "authenticated", ...held])].sort();
  return frozenJson({ authenticated: true, id: idOf(claimAt(claims, names.id)), roles, claims });
}

/**
 * A claim by its name, or by a path such as `realm_access.roles` or `app."user.roles"`; a URL is one name. Only own
 * properties are read, so that `constructor` is no claim.
 */
export const claimAt = (claims: Claims, name: string): unknown =>
  valueAt(claims, /^\w+:\/\//.test(name) ? [name] : claimPath(name));

/** What stands at a path of own properties. */
export function valueAt(claims: Claims, path: readonly string[]): unknown {
  let value: unknown = claims;
  for (const part of path) {
    if (!isObject(value) || !Object.hasOwn(value, part)) return undefined;
    value = value[part];
  }
  return value;
}

const isObject = (value: unknown): value is Claims =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);

function rolesOf(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value.filter((role) => typeof role === "string") : [];
}

function idOf(value: unknown): string | undefined {
  const number = typeof value === "number" ? String(value) : JSON.isRawJSON(value) ? value.rawJSON : "";
  if (/^-?\d+$/.test(number)) return number;
  return typeof value === "string" && value !== "" ? value : undefined;
}
