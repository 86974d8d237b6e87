import { expect, it } from "vitest";
import { compileProject } from "../../src/compile/compile-project.ts";
import { readProject } from "../../src/project/read-project.ts";
import { sharedShadow } from "../database/shared-shadow.ts";
import { projectDirectory } from "../project/project-directory.ts";

const compile = async (files: Readonly<Record<string, string>>) =>
  compileProject(await readProject(projectDirectory(files)), { openShadow: sharedShadow });

/** The problems of one file of `schema/`, as `code line:column`. */
async function problems(text: string): Promise<string[]> {
  const { diagnostics } = await compile({ "schema/a.yaml": text });
  return diagnostics.map(({ code, line, column }) => `${code} ${line}:${column}`);
}

const id = "id: { type: int, primaryKey: true }";

it.each([
  [
    "a table renamed from one that is declared",
    `tables:\n  a: { columns: { ${id} } }\n  b: { columns: {}, renamedFrom: a }\n`,
    ["renamed_still_declared 3:34"],
  ],
  [
    "a table renamed from an enum",
    "enums: { a: [x] }\ntables: { b: { columns: {}, renamedFrom: a } }\n",
    ["renamed_still_declared 2:42"],
  ],
  [
    "a table renamed from itself",
    "tables:\n  a: { columns: {}, renamedFrom: a }\n",
    ["renamed_still_declared 2:34"],
  ],
  [
    "a column renamed from one that is declared",
    "tables:\n  a:\n    columns:\n      x: { type: int }\n      y: { type: int, renamedFrom: x }\n",
    ["renamed_still_declared 5:36"],
  ],
  [
    "a value renamed from one that is declared",
    "enums:\n  e: [a, { value: b, renamedFrom: a }]\n",
    ["renamed_still_declared 2:35"],
  ],
  [
    "an enum renamed from one that is declared",
    "enums:\n  e: [a]\n  f: { renamedFrom: e, values: [a] }\n",
    ["renamed_still_declared 3:21"],
  ],
  [
    "two tables renamed from one",
    "tables:\n  a: { columns: {}, renamedFrom: old }\n  b: { columns: {}, renamedFrom: old }\n",
    ["duplicate_rename 3:34"],
  ],
  [
    "two columns renamed from one",
    "tables:\n  t:\n    columns:\n      a: { type: int, renamedFrom: old }\n      b: { type: int, renamedFrom: old }\n",
    ["duplicate_rename 5:36"],
  ],
  [
    "two values renamed from one",
    "enums:\n  e:\n    values:\n      - { value: a, renamedFrom: old }\n      - { value: b, renamedFrom: old }\n",
    ["duplicate_rename 5:34"],
  ],
  [
    "a table that is removed and declared",
    `tables: { a: { columns: {} } }\nremoved: { tables: [b, a] }\n`,
    ["removed_still_declared 2:24"],
  ],
  [
    "a column that is removed and declared",
    `tables: { a: { columns: { x: { type: int } } } }\nremoved: { columns: { a: [x] } }\n`,
    ["removed_still_declared 2:27"],
  ],
  [
    "an enum that is removed and declared",
    `enums: { e: [a] }\nremoved: { enums: [e] }\n`,
    ["removed_still_declared 2:20"],
  ],
  [
    "what is removed and renamed",
    `tables: { a: { columns: { x: { type: int, renamedFrom: y } }, renamedFrom: b } }\nremoved: { tables: [b], columns: { a: [y] } }\n`,
    ["duplicate_removal 2:21", "duplicate_removal 2:40"],
  ],
  [
    "what is removed twice",
    "removed: { tables: [a, a], enums: [a] }\n",
    ["duplicate_removal 1:24", "duplicate_removal 1:36"],
  ],
  [
    "a column removed from a table that is not declared",
    `tables: { tasks: { columns: {} } }\nremoved: { columns: { task: [x] } }\n`,
    ["unknown_table 2:30"],
  ],
  ["an empty list", "removed: { tables: [] }\n", ["out_of_range 1:20"]],
  ["an empty old name", `tables: { a: { columns: {}, renamedFrom: "" } }\n`, ["out_of_range 1:42"]],
  ["an unknown kind of removal", "removed: { triggers: [a] }\n", ["unknown_key 1:12"]],
  ["a value without its old name", "enums: { e: [{ value: a }] }\n", ["missing_key 1:14"]],
  ["an enum without values", "enums: { e: { renamedFrom: f } }\n", ["missing_key 1:10"]],
])("reports %s", async (_, text, expected) => {
  expect(await problems(text)).toEqual(expected);
});

it("reports what two files say of one thing, with the place of the first", async () => {
  const { diagnostics } = await compile({
    "schema/a.yaml": "tables: { a: { columns: {}, renamedFrom: old } }\n",
    "schema/b.yaml": "removed:\n  tables: [old]\n",
  });
  expect(diagnostics).toMatchObject([
    {
      code: "duplicate_removal",
      file: "schema/b.yaml",
      line: 2,
      column: 12,
      message: "`old` is renamed or removed elsewhere already.",
      hint: "The first is at schema/a.yaml:1.",
    },
  ]);
});

it("says how a whole table goes where a column of it is removed", async () => {
  const { diagnostics } = await compile({ "schema/a.yaml": "removed: { columns: { old: [x] } }\n" });
  expect(diagnostics).toMatchObject([
    { hint: "With the whole table its columns go: removed: { tables: [old] }" },
  ]);
});

it("lets the same names be used where they are others: in two tables, in two connections", async () => {
  const { diagnostics } = await compile({
    "config/connections.yaml": 'main: { url: "${A_URL}" }\nother: { url: "${B_URL}" }\n',
    "schema/a.yaml": `tables:
  a: { columns: { y: { type: int, renamedFrom: x } }, renamedFrom: old }
  b: { columns: { y: { type: int, renamedFrom: x } } }
  c: { columns: { x: { type: int } } }
`,
    "schema/b.yaml":
      "connection: other\ntables: { b: { columns: {}, renamedFrom: old } }\nremoved: { tables: [a] }\n",
  });
  expect(diagnostics).toEqual([]);
});

it("is in no manifest, so that a line that is tidied away changes no byte of a bundle", async () => {
  const table = (rest = "", column = "") =>
    `tables: { t: { columns: { a: { type: st${column} } }${rest} } }\n`;
  const untidy = await compile({
    "schema/a.yaml": `enums: { st: [open, { value: done, renamedFrom: finished }] }\n${table(", renamedFrom: u", ", renamedFrom: b")}removed: { tables: [x], columns: { t: [y] }, enums: [z] }\n`,
  });
  const tidied = await compile({ "schema/a.yaml": `enums: { st: [open, done] }\n${table()}` });
  expect(untidy.diagnostics).toEqual([]);
  expect(JSON.stringify(untidy.manifest)).toBe(JSON.stringify(tidied.manifest));
  expect(untidy.declared.main?.transition).toEqual({
    renames: [
      { kind: "table", from: "u", to: "t" },
      { kind: "column", table: "t", from: "b", to: "a" },
      { kind: "enumValue", enum: "st", from: "finished", to: "done" },
    ],
    removals: [
      { kind: "table", name: "x" },
      { kind: "enum", name: "z" },
      { kind: "column", table: "t", name: "y" },
    ],
  });
  expect(tidied.declared.main?.transition).toBeUndefined();
});
