import { expect, test } from "vitest";
import { createOutput } from "../../src/cli/output.ts";
import type { Diagnostic } from "../../src/core/diagnostic.ts";

const project = { root: "/p", sources: new Map([["stk.yaml", "nam: demo\n"]]) };
const problem: Diagnostic = {
  code: "unknown_key",
  severity: "error",
  message: "`nam` is not a key",
  hint: "Did you mean `name`?",
  file: "stk.yaml",
  line: 1,
  column: 1,
  endLine: 1,
  endColumn: 4,
};

function outputFor({ json = false, env = {} }: { json?: boolean; env?: Record<string, string> }) {
  const written = { out: "", err: "" };
  const output = createOutput(
    {
      write: (text) => {
        written.out += text;
      },
      writeError: (text) => {
        written.err += text;
      },
      color: false,
      env,
    },
    json,
  );
  return { output, written };
}

test("a problem is shown with its place, its frame and what to do", () => {
  const { output, written } = outputFor({});
  output.diagnostics([problem], project);
  expect(written.err).toBe(
    "stk.yaml:1:1 error `nam` is not a key unknown_key\n    1 | nam: demo\n      | ^^^\n    2 |\n    Did you mean `name`?\n\n",
  );
  expect(written.out).toBe("");
});

test("under GitHub Actions each problem is also an annotation", () => {
  const { output, written } = outputFor({ env: { GITHUB_ACTIONS: "true", GITHUB_WORKSPACE: "/" } });
  output.diagnostics([problem], project);
  expect(written.out).toMatch(
    /^::error file=p\/stk\.yaml,line=1,col=1,endLine=1,endColumn=4,title=unknown_key::/,
  );
});

test("with --json standard output holds one JSON value and nothing else", () => {
  const { output, written } = outputFor({ json: true, env: { GITHUB_ACTIONS: "true" } });
  output.line("for people");
  output.progress("working");
  output.diagnostics([problem], project);
  output.json({ valid: false });
  expect(JSON.parse(written.out)).toEqual({ valid: false });
  expect(written.err).toBe("");
});

test("what others wrote cannot give orders to the terminal", () => {
  const { output, written } = outputFor({});
  const order = "\u001b]0;title\u0007\u001b[2Jgone\u009b1A\r";
  output.line(order);
  output.progress(order);
  output.warn(order);
  output.diagnostics([{ ...problem, message: order, hint: order }], {
    root: "/p",
    sources: new Map([["stk.yaml", `${order}\n`]]),
  });
  expect(written.out + written.err).toContain("gone");
  expect(written.out + written.err).not.toMatch(/(?!\n)\p{Cc}/u);
});
