/**
 * The time of what has none of its own: the built-in base, and a project that is not in Git. It is the day on which
 * the pinned Node's release line became the LTS; a real date, because tools show an epoch as "292 years ago".
 */
export const fixedTime = new Date("2026-10-28T00:00:00Z");
