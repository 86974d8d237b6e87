import { expect, it } from "vitest";
import { planMarkdown } from "../../src/commands/schema/plan-markdown.ts";

const digest = `sha256:${"0".repeat(64)}` as const;
const markdownOf = (name: string, sql: string): string[] =>
  planMarkdown({
    formatVersion: 1,
    connection: "main",
    place: {
      project: "/srv/shop",
      environment: "prod",
      variable: "PROD_URL",
      database: "postgres://db:5432/shop",
    },
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

it("names the database and the environment, and no path of the machine", () => {
  expect(markdownOf("a", "select 1").slice(0, 3)).toEqual([
    "### Schema of `main`",
    "",
    "In `postgres://db:5432/shop`, the environment `prod`.",
  ]);
});

it("fences SQL so that nothing in it ends the fence", () => {
  expect(markdownOf("a", "select '```\n````'").slice(-9, -5)).toEqual([
    "> `````sql",
    "> select '```",
    "> ````';",
    "> `````",
  ]);
});
