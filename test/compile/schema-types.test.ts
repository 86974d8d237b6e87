import { expect, it } from "vitest";
import { compileProject } from "../../src/compile/compile-project.ts";
import { readProject } from "../../src/project/read-project.ts";
import { sharedShadow } from "../database/shared-shadow.ts";
import { projectDirectory } from "../project/project-directory.ts";

const compile = async (files: Readonly<Record<string, string>>) =>
  compileProject(await readProject(projectDirectory(files)), { openShadow: sharedShadow });

/** The problems of one file of `schema/`, as `code line:column: message (hint)`. */
async function said(text: string): Promise<string[]> {
  const { diagnostics } = await compile({ "schema/a.yaml": text });
  return diagnostics.map(
    ({ code, line, column, message, hint }) => `${code} ${line}:${column}: ${message} (${hint ?? ""})`,
  );
}
const codes = async (text: string): Promise<string[]> =>
  (await said(text)).map((one) => one.slice(0, one.indexOf(": ")));

const t = "tables: { t: { columns: { a: { type: int } } } }";

it.each([
  [
    "a table in a schema that is not declared",
    "schemas: { audit: {} }\ntables: { adit.log: { columns: {} } }",
    "unknown_schema 2:11: The table `adit.log` is in the schema `adit`, which is not declared. (Did you mean `audit`?)",
  ],
  [
    "an enum in a schema that is not declared",
    "enums: { shop.level: [low] }",
    "unknown_schema 1:10: The enum `shop.level` is in the schema `shop`, which is not declared. (Declare it: schemas: { shop: {} })",
  ],
  [
    "an extension in a schema that is not declared",
    "extensions: { citext: { schema: ext } }",
    "unknown_schema 1:15: The extension `citext` is in the schema `ext`, which is not declared. (Declare it: schemas: { ext: {} })",
  ],
  [
    "stk's own schema",
    "schemas: { _stk: {} }",
    "reserved_name 1:12: The schema `_stk` is stk's own. (Give the schema another name.)",
  ],
  [
    "a table that is ignored",
    `ignore: ["x_*"]\ntables: { x_jobs: { columns: {} } }`,
    "ignored_declared 2:11: The table `x_jobs` is declared and matches `x_*` of ignore. (Take away the one or the other.)",
  ],
  [
    "a trigger that is ignored",
    `ignore: ["public.t.x_*"]
tables: { t: { columns: { a: { type: int } }, triggers: { x_do: { before: [insert], execute: f() } } } }
functions: { f: { sql: "create function f() returns trigger language plpgsql as $$ begin return new; end $$" } }`,
    "ignored_declared 2:59: The trigger `x_do` is declared and matches `public.t.x_*` of ignore. (Take away the one or the other.)",
  ],
  [
    "an extension's name that is not spelt as it should be",
    "extensions: { cittext: {} }",
    "unknown_extension 1:15: The Postgres that stk tries declarations in has no extension `cittext`, so nothing that it brings can be declared. (Did you mean `citext`?)",
  ],
  [
    "an extension that is in every database",
    "extensions: { plpgsql: {} }",
    "reserved_name 1:15: The extension `plpgsql` is in every database. (Take it away.)",
  ],
  [
    "a domain called like a type",
    "domains: { text: { type: int } }",
    "reserved_name 1:12: `text` is a type of Postgres. (Give the domain another name.)",
  ],
  [
    "a table's name that a domain of another file has",
    `domains: { t: { type: int } }\n${t}`,
    "duplicate_domain 1:12: There is already a table `t` in connection `main`. (The first is at schema/a.yaml:2.)",
  ],
  [
    "a sequence and a view of one name",
    "sequences: { a: {} }\nviews: { a: { sql: select 1 as a } }",
    "duplicate_view 2:10: There is already a sequence `a` in connection `main`. (The first is at schema/a.yaml:1.)",
  ],
  [
    "a composite type and an enum of one name",
    "enums: { a: [x] }\ncomposites: { a: { attributes: { b: int } } }",
    "duplicate_composite 2:15: There is already an enum `a` in connection `main`. (The first is at schema/a.yaml:1.)",
  ],
  [
    "a rename from another schema",
    "schemas: { audit: {} }\ntables: { log: { columns: {}, renamedFrom: audit.log } }",
    'renamed_across_schemas 2:44: `log` is renamed from `audit.log`, which is in another schema. (Move it yourself first: alter table "audit"."log" set schema "public")',
  ],
  [
    "a value that goes from an enum that is not there",
    "enums: { mood: [good] }\nremoved: { enumValues: { moody: [bad] } }",
    "unknown_enum 2:34: There is no enum `moody` to remove a value of. (Did you mean `mood`?)",
  ],
  [
    "a column of a type that is nearly a domain's",
    "domains: { mail: { type: text } }\ntables: { t: { columns: { a: { type: mial } } } }",
    "unknown_type 2:38: There is no type `mial`. (Did you mean `mail`?)",
  ],
])("reports %s", async (_, text, expected) => {
  expect(await said(text)).toEqual([expected]);
});

it("takes an extension that the embedded Postgres lacks, but not its version", async () => {
  expect(await said("extensions: { pgstattuple: {} }")).toEqual([]);
  const [found = ""] = await said("extensions: { pgstattuple: { version: '1.5' } }");
  expect(found).toContain("unknown_extension 1:15");
  expect(found).toContain("Take the version away.");
});

it.each([
  ["a domain over nothing", "domains: { d: { type: nothing } }", ["invalid_schema 1:12"]],
  [
    "a check of a domain that is no condition",
    "domains: { d: { type: int, check: VALUE + 1 } }",
    ["invalid_schema 1:12"],
  ],
  [
    "an attribute of a type that is not there",
    "composites: { c: { attributes: { a: nothing } } }",
    ["invalid_schema 1:15"],
  ],
  [
    "bounds of a sequence that exclude its start",
    "sequences: { s: { start: 5, max: 4 } }",
    ["invalid_schema 1:14"],
  ],
  [
    "a sequence of a column that is not there",
    `sequences: { s: { ownedBy: t.b } }\n${t}`,
    ["invalid_schema 1:28"],
  ],
  [
    "a version that an extension has not",
    "extensions: { citext: { version: '99' } }",
    ["invalid_schema 1:15"],
  ],
  [
    "an extension without that which it rests on",
    "extensions: { earthdistance: {} }",
    ["invalid_schema 1:15"],
  ],
])("has Postgres refuse %s", async (_, text, expected) => {
  expect(await codes(text)).toEqual(expected);
});

it("reports rules for a table of another schema", async () => {
  const { diagnostics } = await compile({
    "schema/a.yaml": "schemas: { audit: {} }\ntables: { audit.log: { columns: { a: { type: int } } } }",
    "config/permissions.yaml": "tables:\n  audit.log: { select: { public: true } }\n",
  });
  expect(diagnostics).toMatchObject([
    {
      file: "config/permissions.yaml",
      line: 2,
      hint: expect.stringContaining("only tables of the schema public"),
    },
  ]);
});

it("spells every type as Postgres does, whatever its case and schema", async () => {
  const { manifest, diagnostics } = await compile({
    "schema/a.yaml": `schemas: { audit: {} }
extensions: { citext: {} }
enums: { Mood: [good], audit.Level: [low] }
domains: { Mail: { type: citext } }
composites: { Pair: { attributes: { m: Mood, l: "audit.Level[]" } } }
tables: { t: { columns: { m: { type: Mood, default: good }, l: { type: "audit.Level[]" }, e: { type: "Mail[]" }, p: { type: Pair }, c: { type: citext } } } }
`,
    "logic/a.sql":
      "---\naccess: public\nparams: { m: { type: Mood }, l: { type: audit.Level }, e: { type: Mail } }\n---\nselect m from t where m = :m and :l = any(l) and :e = any(e)\n",
  });
  expect(diagnostics).toEqual([]);
  const { columns = {} } = manifest?.schema.main?.tables.t ?? {};
  expect(Object.fromEntries(Object.entries(columns).map(([name, { type }]) => [name, type]))).toEqual({
    m: '"Mood"',
    l: 'audit."Level"[]',
    e: '"Mail"[]',
    p: '"Pair"',
    c: "citext",
  });
});

it("the manifest says what each domain is over in the end, as Postgres spells it", async () => {
  const { manifest, diagnostics } = await compile({
    "schema/a.yaml":
      "domains:\n  code: { type: varchar(5) }\n  inner_code: { type: code }\n  codes: { type: 'int4[]' }\n" +
      "tables: { t: { columns: { a: { type: 'inner_code[]' } } } }",
    "config/connections.yaml": 'main: { engine: postgres, url: "${DATABASE_URL}" }\n',
  });
  expect(diagnostics).toEqual([]);
  expect(manifest?.schema.main?.domains).toEqual({
    code: "character varying(5)",
    codes: "integer[]",
    inner_code: "character varying(5)",
  });
});
