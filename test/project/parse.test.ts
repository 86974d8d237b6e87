import { describe, expect, it } from "vitest";
import { connectionsFile } from "../../schema/connections.ts";
import { sqlFrontMatter } from "../../schema/logic.ts";
import { permissionsFile } from "../../schema/permissions.ts";
import { projectFile } from "../../schema/project.ts";
import { schemaFile } from "../../schema/schema-file.ts";
import { parseDeclaration } from "../../src/project/parse.ts";

const column = (text: string) =>
  parseDeclaration(schemaFile, `tables:\n  t:\n    columns:\n      c: ${text}\n`, "a.yaml");

describe("parseDeclaration", () => {
  it("says what an unknown key was meant to be, and where it stands", () => {
    const { diagnostics } = column("{ type: text, nulable: false }");
    expect(diagnostics).toEqual([
      {
        file: "a.yaml",
        line: 4,
        column: 24,
        endLine: 4,
        endColumn: 31,
        severity: "error",
        code: "unknown_key",
        message: "Unknown key `nulable` in `c`.",
        hint: "Did you mean `nullable`?",
      },
    ]);
  });

  it("says what is expected and what was found", () => {
    expect(column("{ type: text, nullable: yes }").diagnostics).toMatchObject([
      { code: "wrong_type", message: "`nullable` should be true or false, not text.", line: 4, column: 34 },
    ]);
    expect(parseDeclaration(schemaFile, "enums: [a]\n", "a.yaml").diagnostics).toMatchObject([
      { message: "`enums` should be a mapping (key: value), not a list.", line: 1 },
    ]);
    expect(parseDeclaration(schemaFile, "tables:\n", "a.yaml").diagnostics).toMatchObject([
      { message: "`tables` should be a mapping (key: value), not nothing." },
    ]);
  });

  it("says how the default of a list and of JSON is written", () => {
    const text = "access: public\nparams: { a: { type: 'text[]', default: [x] } }\n";
    const { diagnostics } = parseDeclaration(sqlFrontMatter, text, "a.yaml");
    expect(diagnostics).toMatchObject([{ code: "wrong_type", hint: expect.stringContaining("'{a,b}'") }]);
  });

  it("lists the values of an enumeration and suggests the nearest", () => {
    expect(column("{ type: uuid, references: t.c, onDelete: cascad }").diagnostics).toMatchObject([
      { code: "invalid_value", message: "`onDelete` cannot be `cascad`.", hint: "Did you mean `cascade`?" },
    ]);
    const { diagnostics } = column("{ type: uuid, onDelete: nothing at all }");
    expect(diagnostics[0]?.hint).toContain("`set null`, `set default`");
  });

  it("gives the best branch of a union, not `Invalid input`", () => {
    expect(column("{ type: text, default: { valu: x } }").diagnostics).toMatchObject([
      { code: "unknown_key", hint: "Did you mean `value`?" },
    ]);
    expect(column("{ type: text, default: [1] }").diagnostics).toMatchObject([
      {
        message:
          "`default` should be text or a number or true or false or a mapping (key: value), not a list.",
      },
    ]);
    const rules = "tables:\n  t:\n    select:\n      a: { where: { x: { equals: 1 } } }\n      b: sure\n";
    expect(parseDeclaration(permissionsFile, rules, "a.yaml").diagnostics).toMatchObject([
      { code: "unknown_operator", line: 4, column: 26 },
      { code: "wrong_type", line: 5, message: "`b` should be `true` or a mapping (key: value), not text." },
    ]);
  });

  it("reports a missing key at the thing that lacks it, once", () => {
    expect(column("{ nullable: false }").diagnostics).toMatchObject([
      { code: "missing_key", message: "`type` is missing in `c`.", line: 4, column: 7 },
    ]);
    const url = parseDeclaration(connectionsFile, "main: { url: nope }\n", "a.yaml");
    expect(url.diagnostics.map(({ code }) => code)).toEqual(["invalid_value"]);
  });

  it("keeps what is right beside what is wrong", () => {
    const text = "tables:\n  good:\n    columns: { id: { type: uuid } }\n  bad:\n    columns: 3\n";
    const { parsed, diagnostics } = parseDeclaration(schemaFile, text, "a.yaml");
    expect(diagnostics).toHaveLength(1);
    expect(Object.keys(parsed?.value.tables ?? {})).toEqual(["good"]);
  });

  it("finds the comma that ended a type too early", () => {
    const { diagnostics } = column("{ type: numeric(10,2) }");
    expect(diagnostics[0]?.hint).toBe("Inside { } a comma ends a value: put the value in quotes.");
  });

  it("takes an empty document for an empty mapping", () => {
    expect(parseDeclaration(schemaFile, "# nothing yet\n", "a.yaml")).toMatchObject({
      parsed: { value: {} },
      diagnostics: [],
    });
    expect(parseDeclaration(projectFile, "", "stk.yaml").diagnostics).toMatchObject([
      { code: "missing_key" },
    ]);
  });

  it("accepts prototype names as names of tables and columns", () => {
    const text =
      "tables:\n  constructor:\n    columns: { valueof: { type: text }, constructor: { type: text } }\n";
    const { parsed, diagnostics } = parseDeclaration(schemaFile, text, "a.yaml");
    expect(diagnostics).toEqual([]);
    expect(Object.keys(parsed?.value.tables ?? {})).toEqual(["constructor"]);
  });

  it("is right about keys named like members of every object", () => {
    expect(
      column("{ type: text, toString: 1, hasOwnProperty: 2 }").diagnostics.map(({ code }) => code),
    ).toEqual(["unknown_key", "unknown_key"]);
  });
});
