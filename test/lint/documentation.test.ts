import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { rules } from "../../src/lint/rules.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/lint.md"), "utf8");

it("lists every rule as it is, in its order", () => {
  const listed = page.split("\n").filter((line) => /^\| `\w+` \| (?:error|warning) \|/.test(line));
  expect(listed).toEqual(
    rules.map(
      ({ code, severity, finds, why, wayOut }) =>
        `| \`${code}\` | ${severity} | ${finds} | ${why} | ${wayOut} |`,
    ),
  );
});
