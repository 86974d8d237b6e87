import { LRUCache } from "lru-cache";
import { fits, isExact } from "../sql/fits.ts";
import { type CheckedCaller, type Claim, claimKey, claimValue } from "./claim.ts";
import type { TableContext, TableHandler } from "./operation.ts";

/** The claims whose types only Postgres can read, `inet` or a range, each once. */
export const uncertainClaims = (claims: readonly Claim[]): readonly Claim[] => [
  ...new Map(claims.filter(({ type }) => !isExact(type)).map((claim) => [claimKey(claim), claim])).values(),
];

type CheckedPlace = Pick<TableContext, "database" | "signal"> & { readonly connection: string };

/** What Postgres said of texts as values of types, by connection; for a minute, as a domain or an enum may change. */
export class ClaimChecks {
  readonly #known = new LRUCache<string, boolean>({ max: 10_000, ttl: 60_000 });

  /**
   * The caller without those of the claims that Postgres does not take: each is as good as missing.
   *
   * @throws {CallError} where the database could not be asked.
   */
  async check(claims: readonly Claim[], caller: CheckedCaller, place: CheckedPlace): Promise<CheckedCaller> {
    const unfit = new Set<string>();
    for (const claim of claims) {
      const text = claimValue(claim, caller);
      if (text !== null && !(await this.#fits(claim.type.cast, text, place))) unfit.add(claimKey(claim));
    }
    return unfit.size === 0 ? caller : { ...caller, unfit };
  }

  async #fits(cast: string, text: string, place: CheckedPlace): Promise<boolean> {
    const key = `${place.connection} ${cast} ${text}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const fit = await fits(cast, [text], place);
    this.#known.set(key, fit);
    return fit;
  }
}

/** A handler that first asks Postgres of the {@link uncertainClaims} among the claims of its rules. */
export function checkingClaims(
  handle: TableHandler,
  claims: readonly Claim[],
  checks: ClaimChecks,
  connection: string,
): TableHandler {
  const uncertain = uncertainClaims(claims);
  if (uncertain.length === 0) return handle;
  return async (params, caller, context) =>
    handle(params, await checks.check(uncertain, caller, { connection, ...context }), context);
}
