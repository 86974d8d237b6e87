import { expect, it } from "vitest";
import { planMarkdown } from "../../src/commands/schema/plan-markdown.ts";

const digest = `sha256:${"0".repeat(64)}` as const;
const markdownOf = (name: string, sql: string): string[] =>
  planMarkdown({
    formatVersion: 1,
    connection: "main",
    live: digest,
    desired: digest,
    steps: [],
    blocked: [
      { code: "column_not_declared", object: name, message: `There is ${name}.`, wayOut: "Keep it.", sql },
    ],
    warnings: [],
    notices: [{ kind: "table", object: name, message: `The table ${name} is not declared.` }],
  });

it("makes no markup of the names in a database", () => {
  const lines = markdownOf("a`](x)\n# <b> *c*", "select 1");
  expect(lines).toContain(
    "> **Blocked** `column_not_declared` on `` a`](x)\u{fffd}# <b> *c* ``: There is a\\`\\](x)\u{fffd}# \\<b> \\*c\\*.",
  );
  expect(lines).toContain("- The table a\\`\\](x)\u{fffd}# \\<b> \\*c\\* is not declared.");
});

it("fences SQL so that nothing in it ends the fence", () => {
  expect(markdownOf("a", "select '```\n````'").slice(-9, -5)).toEqual([
    "> `````sql",
    "> select '```",
    "> ````';",
    "> `````",
  ]);
});
