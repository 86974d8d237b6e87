/** Tests that were not run, and what this machine lacks for them. */
export type Unmet = { name: string; missing: string[] };

/** What is shown at the end of a run that left tests out, so that nobody takes it for a whole one. */
export function banner(unmet: readonly Unmet[]): string {
  const rule = "!".repeat(100);
  const lines = unmet.map(({ name, missing }) => `  ${name}\n      needs ${missing.join(", ")}`);
  return [
    "",
    rule,
    "NOT RUN, because this machine lacks what they need:",
    "",
    ...lines,
    "",
    "On Debian, as root: test/services/install.sh. With CI=true these fail instead of being left out.",
    rule,
    "",
  ].join("\n");
}
