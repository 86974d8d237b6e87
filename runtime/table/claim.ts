import { claimPath } from "../../schema/predicate.ts";
import { plainDecimal } from "../../src/core/exact-json.ts";
import { valueAt } from "../auth/claims.ts";
import type { Caller } from "../caller.ts";
import { isJson, type SqlType } from "../sql/type.ts";

/** What a rule asks of the caller, such as `$user.id` or `$claims.NAME`, as a value of a type. */
export type Claim = {
  readonly reference: string;
  readonly type: SqlType;
  /** Whether a list is a value to be written, whatever it holds, and not one to compare with. */
  readonly keepsLists?: boolean;
};

/** A caller some of whose claims Postgres does not take for values of a type: {@link claimKey} of each. */
export type CheckedCaller = Caller & { readonly unfit?: ReadonlySet<string> };

const prefix = "$claims.";

/** What a claim as a value of a type is known by. */
export const claimKey = ({ reference, type, keepsLists = false }: Claim): string =>
  `${reference}${keepsLists ? " =" : ""} ${type.cast}`;

/**
 * The claim as Postgres' text, or null where it is missing, null or not of the type. One that is compared is null where it
 * is an empty list or a list that holds null, too: a comparison with NULL never matches.
 */
export function claimValue(claim: Claim, caller: CheckedCaller): string | null {
  if (caller.unfit?.has(claimKey(claim))) return null;
  const value = read(claim.reference, caller);
  if (value === null || value === undefined) return null;
  if (Array.isArray(value) && claim.keepsLists !== true)
    return value.length === 0 ? null : encodeList(claim.type, value);
  return claim.type.encode(exactWithin(value, claim.type)) ?? null;
}

function read(reference: string, caller: Caller): unknown {
  if (reference === "$user.id") return caller.id;
  if (reference === "$user.roles") return caller.roles;
  if (reference === "$user.issuer") return caller.authenticated ? valueAt(caller.claims, ["iss"]) : undefined;
  return valueAt(caller.claims, claimPath(reference.slice(prefix.length)));
}

// A list with a member that does not fit is no list of this type: to leave the member out would widen a `not`. Of a list
// within it Postgres would compare each member.
const encodeList = (type: SqlType, list: readonly unknown[]): string | null =>
  list.some((member) => member === null || (Array.isArray(member) && !isJson(type)))
    ? null
    : (type.encode(list.map((member) => exact(member, type.element ?? type))) ?? null);

const exactWithin = (value: unknown, type: SqlType): unknown =>
  Array.isArray(value) && !isJson(type)
    ? value.map((member) => exactWithin(member, type))
    : exact(value, type.element ?? type);

/** Issuers give one and the same id as a number or as a text: a whole number is its digits. */
function exact(value: unknown, { cast }: SqlType): unknown {
  if (cast === "json" || cast === "jsonb") return value;
  const text = typeof value === "number" ? String(value) : JSON.isRawJSON(value) ? value.rawJSON : undefined;
  const digits = text === undefined ? undefined : plainDecimal(text)?.replace(/\.0+$/, "");
  return digits === undefined || digits.includes(".") ? value : digits;
}
