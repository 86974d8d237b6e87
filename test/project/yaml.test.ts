import { describe, expect, it } from "vitest";
import { readYaml } from "../../src/project/yaml.ts";

const codesOf = (text: string): string[] => readYaml(text, "a.yaml").diagnostics.map(({ code }) => code);

describe("readYaml", () => {
  it("gives the place of a key and of a value", () => {
    const { at } = readYaml("a:\n  - b: { c: 12 }\n    d: x\n", "a.yaml");
    expect(at(["a", 0, "b", "c"])).toEqual({
      file: "a.yaml",
      line: 2,
      column: 13,
      endLine: 2,
      endColumn: 15,
    });
    expect(at(["a", 0, "b", "c"], "key")).toMatchObject({ line: 2, column: 10, endColumn: 11 });
    expect(at(["a", 0, "d"])).toMatchObject({ line: 3, column: 8 });
  });

  it("gives the key of a value that spans lines, and the nearest place of what is not there", () => {
    const { at } = readYaml("a:\n  b:\n    c: 1\n", "a.yaml");
    expect(at(["a", "b"])).toMatchObject({ line: 2, column: 3 });
    expect(at(["a", "b", "nothing", "at all"])).toMatchObject({ line: 2, column: 3 });
  });

  it("reports a duplicate key at the second", () => {
    const { diagnostics } = readYaml("a: 1\nb: 2\na: 3\n", "a.yaml");
    expect(diagnostics).toMatchObject([{ code: "duplicate_key", line: 3, column: 1 }]);
  });

  it("reports what is not YAML, with a hint where ${NAME} stands in braces", () => {
    expect(codesOf("a: [1,\n")).toContain("invalid_yaml");
    const { diagnostics } = readYaml("main: { url: ${A} }\n", "a.yaml");
    expect(diagnostics[0]?.hint).toContain('"${NAME}"');
  });

  it("stops an alias bomb", () => {
    const levels = Array.from(
      { length: 12 },
      (_, n) => `l${n}: &l${n} [${Array(9).fill(n === 0 ? "x" : `*l${n - 1}`)}]`,
    );
    expect(codesOf(levels.join("\n"))).toEqual(["too_many_aliases"]);
  });

  it.each([
    ["flow sequences", "[".repeat(50_000)],
    ["flow mappings", "{a: ".repeat(50_000)],
    ["block sequences", "- ".repeat(50_000)],
    ["explicit keys", "? ".repeat(50_000)],
    ["indents", Array.from({ length: 2_000 }, (_, n) => `${" ".repeat(n)}a:`).join("\n")],
  ])("refuses deep nesting by %s without overflowing", (_, text) => {
    expect(codesOf(text)).toEqual(["too_deep"]);
  });

  it("refuses the name __proto__, and leaves every prototype as it was", () => {
    expect(codesOf("__proto__: { polluted: true }\n")).toEqual(["reserved_name"]);
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  });

  it("refuses a number that a double would round", () => {
    expect(codesOf("a: 9007199254740993\n")).toEqual(["inexact_number"]);
    for (const inexact of [
      "9223372036854774784",
      "-0.12345678901234567891",
      "1e400",
      "1e-400",
      "0xffffffffffffffff",
    ])
      expect([inexact, codesOf(`a: ${inexact}\n`)]).toEqual([inexact, ["inexact_number"]]);
    for (const exact of [
      "1e22",
      "-1E+22",
      "9007199254740992",
      "1.10",
      ".5",
      "012",
      "0xff",
      "0o17",
      ".inf",
      "-.inf",
      ".nan",
      "2026-01-01",
      "0.1",
    ])
      expect([exact, codesOf(`a: [${exact}]\n`)]).toEqual([exact, []]);
    expect(codesOf("a: 9007199254740991\n")).toEqual([]);
  });

  it("refuses tags and a second document", () => {
    expect(codesOf("a: !!js/function 'x'\n")).toEqual(["invalid_yaml"]);
    expect(codesOf("a: 1\n---\nb: 2\n")).toEqual(["invalid_yaml"]);
  });
});
