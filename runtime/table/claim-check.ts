import { LRUCache } from "lru-cache";
import { isDatabaseError } from "../database/database.ts";
import { answerTo } from "../sql/failure.ts";
import type { SqlType } from "../sql/type.ts";
import { type Claim, claimKey, claimValue } from "./claim.ts";
import type { TableContext, TableHandler } from "./operation.ts";

/** Whether every text that `encode` gives is a value of the type to Postgres. */
const isExact = (type: SqlType): boolean =>
  type.element === undefined ? !type.loose || type.cast === "uuid" : isExact(type.element);

/** What Postgres said of texts as values of types; for a minute, as a domain or an enum may change. */
export class ClaimChecks {
  readonly #known = new LRUCache<string, boolean>({ max: 10_000, ttl: 60_000 });

  /** @throws {CallError} where the database could not be asked. */
  async fits(cast: string, text: string, { database, signal }: TableContext): Promise<boolean> {
    const key = `${cast} ${text}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    try {
      // A transaction of its own, or a savepoint within one, so that the refusal ends nothing else.
      const statement = { text: `select $1::text::${cast} is null` };
      await database.transaction((transaction) => transaction.query(statement, [text], signal), signal);
      this.#known.set(key, true);
      return true;
    } catch (error) {
      if (!isDatabaseError(error) || !refusals.has(error.code.slice(0, 2)))
        throw answerTo(error, () => undefined);
      this.#known.set(key, false);
      return false;
    }
  }
}

/** Classes of SQLSTATE: data exception, a domain's constraint, and what a type does not support. */
const refusals: ReadonlySet<string> = new Set(["22", "23", "0A"]);

/**
 * A handler that first asks Postgres of the caller's claims whose types only it can read, `inet` or a range. One that
 * is no such value is as good as missing: it never matches, and it is no error.
 */
export function checkingClaims(
  handle: TableHandler,
  claims: readonly Claim[],
  checks: ClaimChecks,
): TableHandler {
  const loose = [
    ...new Map(claims.filter(({ type }) => !isExact(type)).map((claim) => [claimKey(claim), claim])).values(),
  ];
  if (loose.length === 0) return handle;
  return async (params, caller, context) => {
    const unfit = new Set<string>();
    for (const claim of loose) {
      const text = claimValue(claim, caller);
      if (text !== null && !(await checks.fits(claim.type.cast, text, context))) unfit.add(claimKey(claim));
    }
    return handle(params, unfit.size === 0 ? caller : { ...caller, unfit }, context);
  };
}
