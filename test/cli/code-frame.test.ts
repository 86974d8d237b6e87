import { expect, test } from "vitest";
import { codeFrame } from "../../src/cli/code-frame.ts";

const text = "name: demo\ntables:\n\ttitel: 1\nlast";

test("a frame underlines the place between the lines around it", () => {
  expect(codeFrame(text, { file: "a", line: 3, column: 2, endColumn: 7 })).toBe(
    ["2 | tables:", "3 |  titel: 1", "  |  ^^^^^", "4 | last"].join("\n"),
  );
});

test("a place without an end is underlined to the end of its line", () => {
  expect(codeFrame(text, { file: "a", line: 1, column: 7 })).toContain("  |       ^^^^");
});

test("a place past the end of the text still gives a frame", () => {
  expect(codeFrame("", { file: "a", line: 1, column: 1 })).toBe("1 |\n  | ^");
});

test("a very long line is cut", () => {
  const frame = codeFrame("x".repeat(10_000), { file: "a", line: 1, column: 1 });
  expect(frame.length).toBeLessThan(400);
});
