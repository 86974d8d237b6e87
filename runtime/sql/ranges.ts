/*
 * Ranges of dates and times (PostgreSQL manual, 8.17.5). Their bounds are held to what their scalars are held to, so that
 * Postgres never reads one in its own way: an offset that `tsrange` drops, a time of day that `daterange` does.
 */

/** What may stand as a bound: quotes and backslashes are Postgres', and each character is read in one way only. */
const bound = String.raw`(?:"(?:[^"\\]|\\.)*"|\\.|[^"\\,)\]])*`;
const range = String.raw`(?:empty|[\[(]${bound},${bound}[\])])`;
const one = new RegExp(String.raw`^\s*${range}\s*$`, "is");
const many = new RegExp(String.raw`^\s*\{\s*(?:${range}\s*(?:,\s*${range}\s*)*)?\}\s*$`, "is");
const bounds = new RegExp(String.raw`[\[(](${bound}),(${bound})[\])]`, "gs");

type Holds = (text: string) => boolean;

/** Whether a text is a range whose bounds are of a form, or absent. */
export const isRangeOf =
  (isBound: Holds): Holds =>
  (text) =>
    one.test(text) && boundsOf(text).every(isBound);

/** Whether a text is a multirange whose ranges are such as {@link isRangeOf} says. */
export const isMultirangeOf =
  (isBound: Holds): Holds =>
  (text) =>
    many.test(text) && boundsOf(text).every(isBound);

const boundsOf = (text: string): string[] =>
  [...text.matchAll(bounds)]
    .flatMap(([, lower = "", upper = ""]) => [lower, upper])
    .filter((written) => written !== "")
    .map((written) => written.replace(/\\(.)|"/gs, "$1").trim());
