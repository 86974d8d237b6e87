import type { Caller } from "../caller.ts";
import type { SqlType } from "../sql/type.ts";

/** What a rule asks of the caller: `$user.id`, `$user.roles` or `$claims.NAME`, as a value of a type. */
export type Claim = { readonly reference: string; readonly type: SqlType };

const prefix = "$claims.";

/**
 * The claim as Postgres' text, or null where it is missing, null, an empty list or not of the type: a comparison with
 * NULL never matches.
 */
export function claimValue({ reference, type }: Claim, caller: Caller): string | null {
  const value = read(reference, caller);
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.length === 0 ? null : encodeList(type, value);
  return type.encode(exact(value)) ?? null;
}

function read(reference: string, caller: Caller): unknown {
  if (reference === "$user.id") return caller.id;
  if (reference === "$user.roles") return caller.roles;
  const name = reference.slice(prefix.length);
  return Object.hasOwn(caller.claims, name) ? caller.claims[name] : undefined;
}

// A list with a member that does not fit is no list of this type: to leave the member out would widen a `not`.
const encodeList = (type: SqlType, list: readonly unknown[]): string | null =>
  list.includes(null) ? null : (type.encode(list.map(exact)) ?? null);

// Issuers give one and the same id as a number or as a text.
const exact = (value: unknown): unknown => (Number.isSafeInteger(value) ? String(value) : value);
