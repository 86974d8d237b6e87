import { isDatabaseError } from "../database/database.ts";
import { exceeds } from "../sql/exceeds.ts";
import { type Asked, fits, isExact, mayBeOfText } from "../sql/fits.ts";
import type { Column } from "./table.ts";

/** A column, its value as it is sent to Postgres, and where it was in the params. */
export type SentValue = { readonly column: Column; readonly text: string | null; readonly path: string };

/** Where the first value stands that is longer or greater than its column's type. */
export const oversizedOf = (sent: readonly SentValue[]): string | undefined =>
  sent.find(({ column, text }) => text !== null && exceeds(column.type, text))?.path;

type Text = SentValue & { readonly text: string };

/**
 * Where the first value stands that its column's type does not read, though the report does not say so: it names no
 * element of a list, and a type of an extension has SQLSTATEs of its own.
 */
export async function unreadPath(
  error: unknown,
  sent: readonly SentValue[],
  asked: Asked,
): Promise<string | undefined> {
  if (!isDatabaseError(error) || error.where !== undefined || !mayBeOfText(error)) return undefined;
  const texts = sent.flatMap(({ text, ...one }): Text[] =>
    text === null || isExact(one.column.type) ? [] : [{ ...one, text }],
  );
  try {
    for (const [cast, ofType] of Map.groupBy(texts, ({ column }) => column.type.cast)) {
      const first = await firstUnread(cast, ofType, asked);
      if (first !== undefined) return first.path;
    }
  } catch {} // the failure itself is answered
  return undefined;
}

/** By halves, as one question is for a whole list. */
async function firstUnread(cast: string, texts: readonly Text[], asked: Asked): Promise<Text | undefined> {
  if (
    await fits(
      cast,
      texts.map(({ text }) => text),
      asked,
    )
  )
    return undefined;
  if (texts.length === 1) return texts[0];
  const half = texts.length >> 1;
  return (
    (await firstUnread(cast, texts.slice(0, half), asked)) ??
    (await firstUnread(cast, texts.slice(half), asked))
  );
}
