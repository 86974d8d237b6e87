/**
 * A text without the control characters that a terminal obeys; line ends and tabs stay. What others wrote, such as an
 * image's labels or a registry's answers, could otherwise move the cursor, set a title or hide what stands before it.
 */
export const printable = (text: string): string => text.replace(/(?![\n\t])\p{Cc}/gu, "\u{fffd}");

/** {@link printable} on one line: a second one could be a workflow command of GitHub Actions. */
export const printableLine = (text: string): string => text.replace(/\p{Cc}/gu, "\u{fffd}");
