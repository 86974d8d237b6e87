import { type DatabaseError, isDatabaseError, type Transactional } from "../database/database.ts";
import { writeArray } from "./array.ts";
import { answerTo } from "./failure.ts";
import type { SqlType } from "./type.ts";

/** Whether every text that `encode` gives is a value of the type to Postgres: not so for `inet`, a range or a domain. */
export const isExact = ({ element, loose, cast }: SqlType): boolean =>
  element === undefined ? !loose || cast === "uuid" : isExact(element) && cast === `${element.cast}[]`;

/** A database, and the signal of the call that asks it. */
export type Asked = { readonly database: Transactional; readonly signal?: AbortSignal | undefined };

/**
 * Whether Postgres takes each of some texts as a value of a type.
 *
 * @param cast the type's name as SQL.
 * @throws {CallError} where the database could not be asked.
 */
export const fits = async (cast: string, texts: readonly string[], asked: Asked): Promise<boolean> =>
  (await ask(
    `select count("text"::${cast}) as value from unnest($1::text[]) as "text"`,
    writeArray(texts),
    asked,
  )) !== undefined;

/** What Postgres reads in a text as a value of a type, as {@link fits}; undefined where it takes it for none. */
export const readAs = (
  cast: string,
  text: string,
  asked: Asked,
): Promise<{ readonly value: unknown } | undefined> => ask(`select $1::text::${cast} as value`, text, asked);

async function ask(
  text: string,
  value: string,
  { database, signal }: Asked,
): Promise<{ readonly value: unknown } | undefined> {
  try {
    // A transaction of its own, or a savepoint within one, so that the refusal ends nothing else.
    const { rows } = await database.transaction(
      (transaction) => transaction.query({ text }, [value], signal),
      signal,
      { readOnly: true },
    );
    return { value: rows[0]?.value };
  } catch (error) {
    if (isDatabaseError(error) && mayBeOfText(error)) return undefined;
    throw answerTo(error, () => undefined);
  }
}

/**
 * Whether a text that was read may be what was refused. A type of an extension does that with the SQLSTATE that it likes:
 * hstore gave none (XX000) before Postgres 16. What has a position is a fault of a statement, such as a type that is not there.
 */
export const mayBeOfText = ({ code, position, internalQuery }: DatabaseError): boolean =>
  position === undefined && internalQuery === undefined && !ofElse.test(code);

/**
 * Classes of SQLSTATE that speak of the session, the transaction, the server or a missing right, and not of a value
 * (PostgreSQL manual, Appendix A).
 */
const ofElse = /^(?:0[38B]|2[58D]|40|42501|53|55|57|58|F0|XX00[12])/;
