import { describe, expect, it } from "vitest";
import { compileProject } from "../../src/compile/compile-project.ts";
import { readProject } from "../../src/project/read-project.ts";
import { sharedShadow } from "../database/shared-shadow.ts";
import { projectDirectory } from "../project/project-directory.ts";

/** The problems of a project, as `code line:column` within the one file that matters. */
async function problems(file: string, files: Readonly<Record<string, string>>): Promise<string[]> {
  const { diagnostics } = await compileProject(await readProject(projectDirectory(files)), {
    openShadow: sharedShadow,
  });
  return diagnostics.map(
    (one) => `${one.file === file ? "" : `${one.file} `}${one.code} ${one.line}:${one.column}`,
  );
}

const schema = `enums: { st: [open, done] }
tables:
  users:
    columns: { id: { type: uuid, primaryKey: true }, name: { type: text } }
  tasks:
    columns:
      id: { type: uuid, primaryKey: true }
      n: { type: bigint, nullable: false }
      st: { type: st }
      due: { type: date }
      ok: { type: boolean }
      owner_id: { type: uuid }
`;

const inSchema = (text: string) => problems("schema/a.yaml", { "schema/a.yaml": text });
const inRules = (rule: string) =>
  problems("config/permissions.yaml", {
    "schema/a.yaml": schema,
    "config/permissions.yaml": `roles: [agent]\ntables:\n  tasks:\n    ${rule}\n`,
  });
const inSql = (text: string, front = "access: public") =>
  problems("logic/a.sql", { "schema/a.yaml": schema, "logic/a.sql": `---\n${front}\n---\n${text}\n` });

describe("schema rules", () => {
  it.each([
    [
      "an identity with a default",
      "t: { columns: { a: { type: int, identity: always, default: 1 } } }",
      ["contradictory_column 2:53"],
    ],
    [
      "a generated column with a default, an identity and a backfill",
      "t: { columns: { b: { type: int }, a: { type: int, generated: b + 1, identity: always, default: 1, backfill: b } } }",
      ["contradictory_column 2:71", "contradictory_column 2:89", "contradictory_column 2:101"],
    ],
    [
      "an identity that may be null",
      "t: { columns: { a: { type: int, identity: { generated: by default }, nullable: true } } }",
      ["contradictory_column 2:82"],
    ],
    [
      "an identity of what does not count",
      "t: { columns: { a: { type: text, identity: always } } }",
      ["invalid_schema 2:30"],
    ],
    [
      "a generated column from one that is not there",
      "t: { columns: { a: { type: int, generated: nowhere + 1 } } }",
      ["invalid_schema 2:46"],
    ],
    [
      "a generated column that is not the same each time",
      "t: { columns: { a: { type: timestamptz, generated: now() } } }",
      ["invalid_schema 2:54"],
    ],
    [
      "a generated column and a backfill that end the expression",
      't: { columns: { a: { type: int, generated: "1) stored, x int default (2" }, b: { type: int, backfill: "1; 2" } } }',
      ["invalid_expression 2:46", "invalid_expression 2:105"],
    ],
    [
      "a collation that no server has",
      "t: { columns: { a: { type: text, collation: klingon } } }",
      ["invalid_schema 2:30"],
    ],
    [
      "a storage that the type does not have",
      "t: { columns: { a: { type: int, storage: external } } }",
      ["invalid_schema 2:30"],
    ],
    [
      "a storage parameter that Postgres does not know",
      "t: { columns: { a: { type: int } }, storage: { fillfaktor: 70 } }",
      ["invalid_schema 2:3"],
    ],
    [
      "a text default that is a bare word",
      "t: { columns: { a: { type: text, default: open } } }",
      ["bare_default 2:45"],
    ],
    [
      "a default of another type",
      "t: { columns: { a: { type: integer, default: true } } }",
      ["invalid_default 2:48"],
    ],
    [
      "a default that Postgres refuses",
      "t: { columns: { a: { type: integer, default: nowx() } } }",
      ["invalid_schema 2:48"],
    ],
    [
      "a default that is more than an expression",
      't: { columns: { a: { type: integer, default: "1, b text" } } }',
      ["invalid_expression 2:48"],
    ],
    [
      "a check that ends the statement",
      't: { columns: { a: { type: integer, check: "true); drop table t; --" } } }',
      ["invalid_expression 2:46"],
    ],
    [
      "a check on a column that is not there",
      "t: { columns: { a: { type: integer, check: b > 1 } } }",
      ["invalid_schema 2:46"],
    ],
    ["a type that is not there", "t: { columns: { a: { type: intger } } }", ["unknown_type 2:30"]],
    ["a type with more after it", 't: { columns: { a: { type: "text default 1" } } }', ["unknown_type 2:30"]],
    ["a type like none that is known", "t: { columns: { a: { type: mpaa } } }", ["invalid_schema 2:30"]],
    [
      "a type after which more stands, in words",
      't: { columns: { a: { type: "regclass check (true)" } } }',
      ["unknown_type 2:30"],
    ],
    [
      "a modifier that Postgres refuses",
      "t: { columns: { a: { type: varchar(0) } } }",
      ["invalid_schema 2:30"],
    ],
    [
      "a nullable primary key",
      "t: { columns: { a: { type: text, primaryKey: true, nullable: true } } }",
      ["nullable_key 2:64"],
    ],
    [
      "two primary keys",
      "t: { columns: { a: { type: text, primaryKey: true }, b: { type: text, primaryKey: true } } }",
      ["duplicate_primary_key 2:85"],
    ],
    [
      "an index on nothing",
      "t: { columns: { a: { type: text } }, indexes: [{ columns: [b] }], unique: [[c]], primaryKey: [d] }",
      ["unknown_column 2:62", "unknown_column 2:79", "unknown_column 2:97"],
    ],
    [
      "an index part of two kinds",
      "t: { columns: { a: { type: text } }, indexes: [{ columns: [{ column: a, expression: a }] }] }",
      ["invalid_index 2:62"],
    ],
    [
      "a reference to nothing",
      "t: { columns: { a: { type: text, references: u.id } } }",
      ["unknown_table 2:48"],
    ],
    [
      "a reference to what is not unique",
      "t: { columns: { a: { type: text, references: t.b }, b: { type: text } } }",
      ["reference_not_unique 2:48"],
    ],
    [
      "a reference of another length",
      "t: { columns: { a: { type: text, unique: true } }, foreignKeys: [{ columns: [a], references: { table: t, columns: [a, a] } }] }",
      ["reference_length 2:68"],
    ],
    [
      "included columns that are not there",
      "t: { columns: { a: { type: text } }, indexes: [{ columns: [a], include: [b] }], unique: [{ columns: [a], include: [c] }], primaryKey: { columns: [a], include: [d] } }",
      ["unknown_column 2:76", "unknown_column 2:118", "unknown_column 2:163"],
    ],
    [
      "an exclusion of what is not there",
      "t: { columns: { a: { type: int4range } }, exclusions: [{ elements: [{ column: b, with: '&&' }], include: [c] }] }",
      ["unknown_column 2:81", "unknown_column 2:109"],
    ],
    [
      "an exclusion by an operator that Postgres cannot index",
      "t: { columns: { a: { type: int4range } }, exclusions: [{ elements: [{ column: a, with: '<>' }] }] }",
      ["invalid_schema 2:58"],
    ],
    [
      "an exclusion by no operator",
      "t: { columns: { a: { type: int4range } }, exclusions: [{ elements: [{ column: a, with: and }] }] }",
      ["invalid_value 2:90"],
    ],
    [
      "an exclusion of a column and an expression at once",
      "t: { columns: { a: { type: int4range } }, exclusions: [{ elements: [{ column: a, expression: a, with: '&&' }] }] }",
      ["invalid_value 2:71"],
    ],
    [
      "an exclusion's condition that ends the statement",
      't: { columns: { a: { type: int4range } }, exclusions: [{ elements: [{ column: a, with: "&&" }], where: "true); drop table t; --" }] }',
      ["invalid_schema 2:58", "invalid_expression 2:106"],
    ],
    [
      "columns to set where nothing is set",
      "t: { columns: { a: { type: text, unique: true } }, foreignKeys: [{ columns: [a], references: { table: t, columns: [a] }, onDelete: cascade, setColumns: [a] }] }",
      ["invalid_set_columns 2:155"],
    ],
    [
      "columns to set that are not the key's",
      "t: { columns: { a: { type: text, unique: true }, b: { type: text } }, foreignKeys: [{ columns: [a], references: { table: t, columns: [a] }, onDelete: set null, setColumns: [b] }] }",
      ["invalid_set_columns 2:176"],
    ],
    [
      "nulls that are equal in an index that is not unique",
      "t: { columns: { a: { type: text } }, indexes: [{ columns: [a], nullsNotDistinct: true }] }",
      ["invalid_index 2:84"],
    ],
    [
      "an operator class that is not there",
      "t: { columns: { a: { type: text } }, indexes: [{ columns: [{ column: a, opclass: nothing_ops }] }] }",
      ["invalid_schema 2:50"],
    ],
    [
      "a unique index by a method that has none",
      "t: { columns: { a: { type: int } }, indexes: [{ columns: [a], method: brin, unique: true }] }",
      ["invalid_schema 2:49"],
    ],
    [
      "a reference to what is unique only later",
      "t: { columns: { a: { type: text }, b: { type: text, references: t.a } }, unique: [{ columns: [a], deferrable: deferrable }] }",
      ["reference_not_unique 2:67"],
    ],
    [
      "a key that is renamed from one that is declared",
      "t: { columns: { a: { type: text }, b: { type: text } }, unique: [{ name: x, columns: [a] }, { name: y, columns: [b], renamedFrom: x }] }",
      ["renamed_still_declared 2:133"],
    ],
    [
      "two keys that were one",
      "t: { columns: { a: { type: text } }, unique: [{ name: x, columns: [a], renamedFrom: o }, { name: y, columns: [a], renamedFrom: o }] }",
      ["duplicate_rename 2:130"],
    ],
    [
      "two checks that were one",
      "t: { columns: { a: { type: int } }, checks: { x: { expression: a > 0, renamedFrom: o }, y: { expression: a > 1, renamedFrom: o } } }",
      ["duplicate_rename 2:128"],
    ],
  ])("report %s", async (_, table, expected) => {
    expect(await inSchema(`tables:\n  ${table}\n`)).toEqual(expected);
  });

  it("let integers refer to wider ones, and text to varchar", async () => {
    expect(
      await inSchema(
        "tables:\n  t:\n    columns:\n      a: { type: bigserial, primaryKey: true }\n      b: { type: int, references: t.a }\n      c: { type: varchar(9), unique: true }\n      d: { type: text, references: t.c }\n",
      ),
    ).toEqual([]);
  });

  it("report an enum's default, an enum called like a type, and a table called like an enum", async () => {
    expect(
      await inSchema(
        "enums: { st: [open], text: [a] }\ntables:\n  t: { columns: { a: { type: st, default: opne } } }\n  st: { columns: {} }\n",
      ),
    ).toEqual(["reserved_name 1:22", "invalid_default 3:43", "duplicate_table 4:3"]);
  });

  it("report every refusal of Postgres in one table", async () => {
    const text =
      "tables:\n  t:\n    columns:\n      a: { type: text, default: f() }\n      b: { type: text, check: g(b) }\n      c: { type: text }\n    indexes:\n      - { columns: [{ expression: h(c) }] }\n";
    expect(await inSchema(text)).toEqual([
      "invalid_schema 4:33",
      "invalid_schema 5:31",
      "invalid_schema 8:9",
    ]);
  });

  it("accept prototype names", async () => {
    expect(
      await inSchema(
        "tables:\n  constructor:\n    columns: { constructor: { type: text, primaryKey: true }, valueof: { type: text, references: constructor.constructor } }\n",
      ),
    ).toEqual([]);
  });
});

describe("permission rules", () => {
  it.each([
    ["an unknown operator", "select: { agent: { where: { n: { equals: 1 } } } }", ["unknown_operator 4:38"]],
    [
      "a misspelt reference",
      "select: { agent: { where: { owner_id: $user.ids } } }",
      ["unknown_reference 4:43"],
    ],
    [
      "a pattern that would be a reference",
      'select: { agent: { where: { n: { like: "$5%" } } } }',
      ["unknown_reference 4:44"],
    ],
    [
      "a text that begins with $, escaped",
      'select: { agent: { where: { exists: { table: users, where: { name: { like: "$$5%" } } } } } }',
      [],
    ],
    [
      "$row outside exists",
      "select: { agent: { where: { owner_id: $row.id } } }",
      ["row_outside_exists 4:43"],
    ],
    [
      "$row of a column that is not there",
      "select: { agent: { where: { exists: { table: users, where: { id: $row.owner } } } } }",
      ["unknown_column 4:70"],
    ],
    [
      "$row of another type",
      "select: { agent: { where: { exists: { table: users, where: { id: $row.n } } } } }",
      ["invalid_value 4:70"],
    ],
    [
      "exists of a table that is not there",
      "select: { agent: { where: { exists: { table: user, where: {} } } } }",
      ["unknown_table 4:50"],
    ],
    [
      "conditions that are empty, and so hold for every row",
      "select: { agent: { where: { owner_id: {}, or: [{}], not: {}, exists: { table: users, where: {} } } } }",
      ["empty_condition 4:43", "empty_condition 4:52", "empty_condition 4:62", "empty_condition 4:97"],
    ],
    [
      "a where that is empty",
      "delete: { agent: { where: {} } }",
      ["write_without_select 4:15", "empty_condition 4:31"],
    ],
    [
      "no check that is empty: it takes the where's place",
      "select: { agent: true }\n    update: { agent: { check: {} } }",
      [],
    ],
    [
      "a column that is not there, within or",
      "select: { agent: { where: { or: [{ nn: 1 }] } } }",
      ["unknown_column 4:40"],
    ],
    [
      "values of other types",
      'select: { agent: { where: { n: abc, st: opn, due: soon, ok: "true", owner_id: me } } }',
      [
        "invalid_value 4:36",
        "invalid_value 4:45",
        "invalid_value 4:55",
        "invalid_value 4:65",
        "invalid_value 4:83",
      ],
    ],
    [
      "a list taken for a value",
      "select: { agent: { where: { owner_id: $user.roles, id: { in: $user.id } } } }",
      ["list_value 4:43", "invalid_value 4:66"],
    ],
    [
      "patterns that end in an escape",
      "select: { agent: { where: { exists: { table: users, where: { name: { like: 'a\\', ilike: 'a\\\\' } } } } } }",
      ["invalid_value 4:80"],
    ],
    [
      "values that only Postgres can judge, set by the server",
      "insert: { agent: { columns: [id], set: { n: 99999999999999999999, due: 2026-02-30 } } }",
      ["inexact_number 4:49", "invalid_value 4:76"],
    ],
    ["a pattern for a number", "select: { agent: { where: { n: { like: a } } } }", ["invalid_operator 4:38"]],
    [
      "a column that is set twice",
      "insert: { agent: { columns: [id, n], set: { n: 1 } } }",
      ["column_set_twice 4:49"],
    ],
    [
      "writes whose where can name no column",
      "update: { agent: true }\n    delete: { agent: true, public: true }",
      ["write_without_select 4:15", "write_without_select 5:15", "write_without_select 5:28"],
    ],
    [
      "no write by who may read as somebody else",
      "select: { public: { columns: [id] } }\n    delete: { agent: true }",
      [],
    ],
    ["an insert that never succeeds", "insert: { agent: { columns: [n] } }", ["insert_never_succeeds 4:15"]],
    [
      "SQL that Postgres refuses",
      "update: { agent: { set: { n: { sql: nn + 1 } } } }",
      ["write_without_select 4:15", "invalid_sql 4:41"],
    ],
    [
      "SQL of another type",
      "update: { agent: { set: { n: { sql: now() } } } }",
      ["write_without_select 4:15", "invalid_sql 4:41"],
    ],
    [
      "SQL that sets another column",
      'update: { agent: { set: { n: { sql: "1), ok = (true" } } } }',
      ["write_without_select 4:15", "invalid_expression 4:41"],
    ],
    ["an undeclared role", "select: { agnet: true }", ["undeclared_role 4:15"]],
  ])("report %s", async (_, rule, expected) => {
    expect(await inRules(rule)).toEqual(expected);
  });

  it("report roles that an issuer may give and no token can carry", async () => {
    const auth = `issuers:
  - issuer: https://auth.test
    audience: notes
    jwks: https://auth.test/jwks.json
    algorithms: [RS256]
    roles: [agent, agnet, public]
`;
    const found = await problems("config/auth.yaml", {
      "schema/a.yaml": schema,
      "config/permissions.yaml": "roles: [agent]\n",
      "config/auth.yaml": auth,
    });
    expect(found).toEqual(["undeclared_role 6:20", "undeclared_role 6:27"]);
  });

  it("let good rules pass", async () => {
    expect(
      await inRules(
        'select: { public: { where: { not: { st: { in: [open, done] } }, n: { gte: 1, lt: "9223372036854775807" }, due: 2026-01-01, ok: true, or: [{ owner_id: $claims.sub }, { st: null }] } }, authenticated: true }',
      ),
    ).toEqual([]);
  });

  it("let a pattern stand for citext and for char(n), as calls do", async () => {
    const found = await problems("config/permissions.yaml", {
      "schema/a.yaml":
        "extensions: { citext: {} }\ntables: { t: { columns: { nick: { type: citext }, code: { type: char(5) } } } }\n",
      "config/permissions.yaml":
        "tables: { t: { select: { public: { where: { nick: { like: a% }, code: { ilike: 'ab   ' } } } } } }\n",
    });
    expect(found).toEqual([]);
  });

  it("name tables of other connections", async () => {
    const files = {
      "schema/a.yaml": schema,
      "schema/b.yaml": "connection: stats\ntables: { events: { columns: { id: { type: uuid } } } }\n",
      "config/connections.yaml": 'main: { url: "${A}" }\nstats: { url: "${B}" }\n',
    };
    const rules = (table: string) => ({
      ...files,
      "config/permissions.yaml": `tables: { ${table}: { select: { public: true } } }\n`,
    });
    expect(await problems("config/permissions.yaml", rules("stats/events"))).toEqual([]);
    expect(await problems("config/permissions.yaml", rules("events"))).toEqual(["unknown_table 1:11"]);
    expect(await problems("config/permissions.yaml", rules("stat/events"))).toEqual([
      "unknown_connection 1:11",
    ]);
  });
});

describe("logic rules", () => {
  it.each([
    ["a column that is not there", "select 'é😀' as a,\n  naem from users", ["invalid_sql 5:3"]],
    ["an operator between types", "select id from tasks\nwhere n = ok", ["invalid_sql 5:9"]],
    ["a syntax error at the end", "select id from", ["invalid_sql 4:11"]],
    ["a second statement", "select 1 as a;\nselect nope", ["invalid_sql 5:8"]],
    ["no statement", "-- nothing;", ["no_statement 1:1"]],
    ["a string without end", "select 'a", ["invalid_sql 4:8"]],
    [
      "transaction control",
      "begin;\nselect 1 as a;\ncommit",
      ["transaction_control 4:1", "transaction_control 6:1"],
    ],
    ["two columns of one name", "select id, id from tasks", ["duplicate_column 4:1"]],
    ["a claim whose type is unknown", "select $claims.a is null as a", ["invalid_sql 4:8"]],
  ])("report %s", async (_, text, expected) => {
    expect(await inSql(text)).toEqual(expected);
  });

  it.each([
    [
      "a default of another type",
      "access: public\nparams: { a: { type: int, default: x } }",
      "select :a as a",
      ["invalid_default 3:36"],
    ],
    [
      "a list as a default, which is a text",
      "access: public\nparams: { a: { type: 'text[]', default: [x] } }",
      "select :a as a",
      ["wrong_type 3:41"],
    ],
    [
      "a null default of what is not nullable",
      "access: public\nparams: { a: { type: int, default: null } }",
      "select :a as a",
      ["invalid_default 3:36"],
    ],
    [
      "a type that is not there",
      "access: public\nparams: { a: { type: nit } }",
      "select 1 as a",
      ["unused_parameter 3:11", "unknown_type 3:22"],
    ],
    [
      "a type that ends the statement",
      'access: public\nparams: { a: { type: "int); drop table tasks; --" } }',
      "select :a as a",
      ["unknown_type 3:22"],
    ],
    [
      "a cached write",
      "access: public\ncache: 1m",
      "with a as (delete from tasks returning id) select id from a",
      ["cached_write 3:8"],
    ],
    [
      "a setting that outlives the call",
      "access: public",
      "select set_config('app.tenant', coalesce($user.id, ''), false) as tenant",
      ["session_setting 4:8"],
    ],
    [
      "a setting that is set on the session",
      "access: public",
      "set app.tenant = 'a'",
      ["unsupported_statement 4:1"],
    ],
    [
      "a setting of the transaction",
      "access: public",
      "select set_config('app.a', upper('b'), true) as a",
      [],
    ],
    [
      "a write that says to only read",
      "access: public\nreadOnly: true",
      "with a as (delete from tasks returning id) select id from a",
      ["read_only_write 3:11"],
    ],
    [
      "a value of two columns",
      "access: public\nreturns: value",
      "select 1 as a, 2 as b",
      ["several_columns 3:10"],
    ],
    ["rows of what gives none", "access: public\nreturns: rows", "delete from tasks", ["no_result 3:10"]],
    [
      "a default that only Postgres can judge",
      "access: public\nparams: { a: { type: inet, default: here } }",
      "select :a as a",
      ["invalid_default 3:37"],
    ],
    [
      "a role and a connection that are not there",
      "access: [boss]\nconnection: mian",
      "select 1 as a",
      ["undeclared_role 2:10", "unknown_connection 3:13"],
    ],
  ])("report %s", async (_, front, text, expected) => {
    expect(await inSql(text, front)).toEqual(expected);
  });

  it("let a parameter stand wherever a value may", async () => {
    const front =
      'access: public\nparams: { a: { type: "int[]" }, n: { type: int }, t: { type: timestamptz }, u: { type: text } }';
    const text =
      "select (:a)[1], :a[1:2] as b, extract(year from :t) as y, date_trunc(:u, due) as d, position(:u in 'x') as p\nfrom tasks where n = any(:a) and n between :n and :n\ngroup by 5, date_trunc(:u, due) order by 1 offset :n rows fetch first :n rows only";
    expect(await inSql(text, front)).toEqual([]);
  });

  it("report logic of the connection `main` where there is none", async () => {
    const found = await problems("logic/a.sql", {
      "config/connections.yaml": 'stats: { url: "${A}" }\n',
      "logic/a.sql": "---\naccess: public\n---\nselect 1 as a\n",
    });
    expect(found).toEqual(["unknown_connection 2:1"]);
  });

  it("report paths that are reserved, too long or equal but for case", async () => {
    const sql = "---\naccess: public\n---\nselect 1 as a\n";
    const found = await problems("", {
      "logic/db/x.sql": sql,
      "logic/db.sql": sql,
      "logic/a.sql": sql,
      "logic/a.ts": "/*---\naccess: public\n---*/\nexport default () => 1;\n",
      "logic/Bad/x.sql": sql,
      [`logic/${"x".repeat(60)}/${"x".repeat(60)}/${"x".repeat(60)}/${"x".repeat(60)}.sql`]: sql,
    });
    expect(found.map((one) => one.replace(/x{60}/g, "x"))).toEqual([
      "logic/Bad/x.sql invalid_name 1:1",
      "logic/a.ts duplicate_path 1:1",
      "logic/db.sql reserved_path 1:1",
      "logic/db/x.sql reserved_path 1:1",
      "logic/x/x/x/x.sql path_too_long 1:1",
    ]);
  });
});

describe("module rules", () => {
  const inModule = (code: string, more: Readonly<Record<string, string>> = {}) =>
    problems("logic/a.ts", { "logic/a.ts": `/*---\naccess: public\n---*/\n${code}\n`, ...more });

  it.each([
    ["a syntax error", "export default function ( { }", ["invalid_module 5:1"]],
    ["an import of nothing", "import x from './nope.ts';\nexport default () => x;", ["invalid_module 4:15"]],
    ["no default export", "export const x = 1;", ["missing_export 1:1"]],
    [
      "files, processes and sockets",
      "import 'node:fs';\nimport { exec } from 'child_process';\nimport net from 'node:net';\nexport default () => [exec, net];",
      ["forbidden_import 4:8", "forbidden_import 5:22", "forbidden_import 6:17"],
    ],
  ])("report %s", async (_, code, expected) => {
    expect(await inModule(code)).toEqual(expected);
  });

  it("let computing parts of Node pass", async () => {
    expect(
      await inModule("import { createHash } from 'node:crypto';\nexport default () => createHash('sha256');"),
    ).toEqual([]);
  });

  it("find a forbidden import and a secret in what is imported", async () => {
    const found = await inModule("import './_code/x.ts';\nimport '../lib/y.ts';\nexport default () => 1;", {
      "logic/_code/x.ts": "import 'node:worker_threads';\n",
      "lib/y.ts": "export const key = 'AKIAIOSFODNN7EXAMPLE';\n",
    });
    expect(found).toEqual(["lib/y.ts literal_secret 1:21", "logic/_code/x.ts forbidden_import 1:8"]);
  });

  it("bundle a CommonJS package that requires a part of Node", async () => {
    expect(
      await inModule("import x from '../lib/x.cjs';\nexport default () => x;", {
        "lib/x.cjs": "module.exports = require('util').inspect;\n",
      }),
    ).toEqual([]);
  });
});

it("a missing config/connections.yaml is reported once", async () => {
  const root = projectDirectory({ "schema/a.yaml": schema });
  const project = await readProject(root);
  const { diagnostics } = await compileProject({ ...project, connections: undefined });
  expect(diagnostics.map(({ code, file }) => `${code} ${file}`)).toEqual([
    "missing_file config/connections.yaml",
  ]);
});
