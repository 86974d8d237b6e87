import { isDatabaseError, type Transactional } from "../database/database.ts";
import { answerTo } from "./failure.ts";
import type { SqlType } from "./type.ts";

/** Whether every text that `encode` gives is a value of the type to Postgres: not so for `inet`, a range or a domain. */
export const isExact = ({ element, loose, cast }: SqlType): boolean =>
  element === undefined ? !loose || cast === "uuid" : isExact(element) && cast === `${element.cast}[]`;

/** Whether a type has a length, a precision or a scale, so that Postgres may pad or round a value of it. */
export const isModified = ({ name }: SqlType): boolean => /\(\d/.test(name);

/** A database, and the signal of the call that asks it. */
export type Asked = { readonly database: Transactional; readonly signal?: AbortSignal | undefined };

/** Whether Postgres takes a text as a value of a type, whose name as SQL is `cast`. */
export const fits = async (cast: string, text: string, asked: Asked): Promise<boolean> =>
  (await readAs(cast, text, asked)) !== undefined;

/**
 * What Postgres reads in a text as a value of a type; undefined where it takes it for none.
 *
 * @param cast the type's name as SQL.
 * @throws {CallError} where the database could not be asked.
 */
export async function readAs(
  cast: string,
  text: string,
  { database, signal }: Asked,
): Promise<{ readonly value: unknown } | undefined> {
  try {
    // A transaction of its own, or a savepoint within one, so that the refusal ends nothing else.
    const statement = { text: `select $1::text::${cast} as value` };
    const { rows } = await database.transaction(
      (transaction) => transaction.query(statement, [text], signal),
      signal,
    );
    return { value: rows[0]?.value };
  } catch (error) {
    if (isDatabaseError(error) && refusals.test(error.code)) return undefined;
    throw answerTo(error, () => undefined);
  }
}

/**
 * Classes of SQLSTATE: data exception, a domain's constraint, what a type does not support, a limit such as the depth of
 * JSON, and what a function of a domain's constraint raises; syntax_error is a jsonpath's.
 */
const refusals = /^(?:22|23|0A|54|P0|42601)/;
