/**
 * A number with its noun.
 *
 * @example counted(1, "table") // "1 table"
 */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
