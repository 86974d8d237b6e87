import { LRUCache } from "lru-cache";
import { isDatabaseError } from "../database/database.ts";
import { answerTo } from "../sql/failure.ts";
import type { SqlType } from "../sql/type.ts";
import { type CheckedCaller, type Claim, claimKey, claimValue } from "./claim.ts";
import type { TableContext, TableHandler } from "./operation.ts";

/** Whether every text that `encode` gives is a value of the type to Postgres. */
const isExact = ({ element, loose, cast }: SqlType): boolean =>
  element === undefined ? !loose || cast === "uuid" : isExact(element) && cast === `${element.cast}[]`;

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

  async #fits(cast: string, text: string, { connection, database, signal }: CheckedPlace): Promise<boolean> {
    const key = `${connection} ${cast} ${text}`;
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

/**
 * Classes of SQLSTATE: data exception, a domain's constraint, what a type does not support, a limit such as the depth of
 * JSON, and what a function of a domain's constraint raises.
 */
const refusals: ReadonlySet<string> = new Set(["22", "23", "0A", "54", "P0"]);

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
