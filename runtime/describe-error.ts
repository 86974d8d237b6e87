import { isDatabaseError } from "./database/database.ts";
import type { SourceLocations } from "./logic/source-map.ts";

/** An error as it is logged. */
export type ErrorDescription = {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  /** Of Postgres' report: where in the statement, in characters from 1, and inside of which functions. */
  readonly position?: number;
  readonly where?: string;
  readonly stack?: string | undefined;
  readonly cause?: ErrorDescription;
};

const maxCauses = 4;

/**
 * What the log says of an error: places in the user's own sources, and of Postgres' reports no text that holds values. Of
 * class 22, data exception, and of class 42 or 3F without a position, as of a text in a small language or a name that
 * a value is, it is what stands in quotes.
 */
export function describeError(error: unknown, sources: SourceLocations, causes = 0): ErrorDescription {
  if (!(error instanceof Error))
    return { name: typeof error, message: "Something was thrown that is no error." };
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  const cause =
    error.cause === undefined || causes >= maxCauses
      ? {}
      : { cause: describeError(error.cause, sources, causes + 1) };
  const named = { name: error.name, ...(code === undefined ? {} : { code }) };
  if (!isDatabaseError(error))
    return { ...named, message: error.message, stack: sources.stackOf(error), ...cause };
  const { position, where } = error;
  const quotes = error.code.startsWith("22") || (/^(?:42|3F)/.test(error.code) && position === undefined);
  const message = quotes ? withoutQuoted(error.message) : error.message;
  return {
    ...named,
    message,
    ...(position === undefined ? {} : { position: Number(position) }),
    ...(where === undefined ? {} : { where: withoutQuoted(where) }),
    stack: [`${error.name}: ${message}`, ...framesOf(sources.stackOf(error))].join("\n"),
    ...cause,
  };
}

/** A text without what stands in quotes, from the first to the last of them: a value may hold some itself. */
const withoutQuoted = (text: string): string => text.replace(/["«„“'].*["»”“']/s, '"…"');

/** A stack begins with the message, which may hold values. */
const framesOf = (stack: string | undefined): string[] =>
  (stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
