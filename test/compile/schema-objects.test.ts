import { describe, expect, it } from "vitest";
import { compileProject } from "../../src/compile/compile-project.ts";
import { readProject } from "../../src/project/read-project.ts";
import { sharedShadow } from "../database/shared-shadow.ts";
import { projectDirectory } from "../project/project-directory.ts";

const compile = async (files: Readonly<Record<string, string>>) =>
  compileProject(await readProject(projectDirectory(files)), { openShadow: sharedShadow });

const problemsOf = async (files: Readonly<Record<string, string>>): Promise<string[]> =>
  (await compile(files)).diagnostics.map(
    ({ code, file, line, column, endColumn, message }) =>
      `${code} ${file}:${line}:${column}-${endColumn}: ${message}`,
  );

const tasks =
  "tables: { tasks: { columns: { id: { type: int, primaryKey: true }, title: { type: text } } } }\n";

describe("types in a project", () => {
  it("takes every type of Postgres, of other schemas and of rows, as its spelling is", async () => {
    const types = [
      ...[
        '"char"',
        "regclass",
        "regproc",
        "xid8",
        "interval hour to minute",
        "interval(3)",
        "interval second(2)",
      ],
      ...["bit(3)", "timestamp(3)", "timestamptz(0)[]", "audit.level[]", "price[]", "Place", "Row", "titles"],
      ...["mod-tools.entry", "pg_catalog.int4", "information_schema.sql_identifier"],
    ];
    const columns = types.map((type, index) => `      c${index}: { type: '${type}' }\n`).join("");
    const { diagnostics, manifest } = await compile({
      "schema/a.yaml": [
        "schemas: { audit: {}, mod-tools: {} }\nenums: { audit.level: [low, high] }\n",
        "domains: { price: { type: numeric, check: value >= 0 } }\ncomposites: { Place: { attributes: { x: int } } }\n",
        "views: { titles: { sql: select 1 as one } }\n",
        `tables:\n  all_types:\n    columns:\n${columns}  Row: { columns: { a: { type: int } } }\n`,
        "  mod-tools.entry: { columns: { a: { type: int } } }\n",
      ].join(""),
    });
    expect(diagnostics).toEqual([]);
    const made = Object.values(manifest?.schema.main?.tables.all_types?.columns ?? {}).map(
      ({ type }) => type,
    );
    expect(made).toEqual([
      ...[
        '"char"',
        "regclass",
        "regproc",
        "xid8",
        "interval hour to minute",
        "interval(3)",
        "interval second(2)",
      ],
      ...[
        "bit(3)",
        "timestamp(3) without time zone",
        "timestamp(0) with time zone[]",
        "audit.level[]",
        "price[]",
      ],
      ...['"Place"', '"Row"', "titles", '"mod-tools".entry', "integer", "information_schema.sql_identifier"],
    ]);
  });

  it("says where a type stands that only Postgres knows to be none, and what a misspelt one is near to", async () => {
    expect(
      (
        await compile({
          "schema/a.yaml": [
            "enums: { mood: [good, bad] }\ntables:\n  t:\n    columns:\n",
            "      a: { type: mpaa }\n      b: { type: txet }\n      c: { type: mod }\n      d: { type: regclas }\n",
          ].join(""),
        })
      ).diagnostics.map(({ code, line, column, message, hint }) => [code, line, column, message, hint]),
    ).toEqual([
      ["invalid_schema", 5, 18, 'Postgres refuses the column `a`: Type "mpaa" does not exist.', undefined],
      ["unknown_type", 6, 18, "There is no type `txet`.", "Did you mean `text`?"],
      ["unknown_type", 7, 18, "There is no type `mod`.", "Did you mean `mood`?"],
      ["unknown_type", 8, 18, "There is no type `regclas`.", "Did you mean `regclass`?"],
    ]);
  });

  it("lets a key of a domain refer to one of the type beneath, and refuses an enum for a text", async () => {
    expect(
      await problemsOf({
        "schema/a.yaml": [
          "enums: { mood: [good] }\ndomains: { key: { type: text } }\ntables:\n",
          "  a: { columns: { id: { type: text, primaryKey: true } } }\n",
          "  b:\n    columns:\n      a: { type: key, references: a.id }\n",
          "      m: { type: mood, references: a.id }\n",
        ].join(""),
      }),
    ).toEqual(["reference_type schema/a.yaml:8:36-40: `m` is mood, but `a.id` is text."]);
  });
});

describe("views, functions and triggers in a project", () => {
  it("lets a statement select from a view and call a function, both with their types", async () => {
    const { diagnostics, manifest } = await compile({
      "schema/a.yaml": `${tasks}views: { titles: { file: sql/titles.sql } }\nfunctions: { shout: { file: sql/shout.sql } }\n`,
      "schema/sql/titles.sql": "-- What is shown.\nselect id, title from tasks;\n",
      "schema/sql/shout.sql":
        "create or replace function shout(t text) returns varchar language sql immutable as $$ select upper(t) $$;\n",
      "logic/titles.sql":
        "---\naccess: public\nparams: { id: { type: int } }\n---\nselect shout(title) as loud from titles where id = :id\n",
    });
    expect(diagnostics).toEqual([]);
    expect(manifest?.logic.titles).toMatchObject({
      statements: [{ types: ["integer"], result: [{ name: "loud", type: "character varying" }] }],
    });
    expect(manifest?.schema.main?.objects?.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      "routine shout",
      "view titles",
    ]);
  }, 60_000);

  it("says where in a view's file a column is missing", async () => {
    expect(
      await problemsOf({
        "schema/a.yaml": `${tasks}views: { titles: { file: titles.sql } }\n`,
        "schema/titles.sql": "-- ünïcode\nselect id,\n  titel from tasks;\n",
      }),
    ).toEqual([
      'invalid_schema schema/titles.sql:3:3-8: Postgres refuses the view `titles`: Column "titel" does not exist.',
    ]);
  });

  it.each([
    ["in a block", "views:\n  v:\n    sql: |\n      select id,\n        titel\n      from tasks\n", "6:9-14"],
    ["in a line", "views:\n  v: { sql: select titel from tasks }\n", "3:20-25"],
    ["in quotes", 'views:\n  v: { sql: "select titel from tasks" }\n', "3:21-26"],
    ["of a materialized view", "materializedViews:\n  v: { sql: 'select titel from tasks' }\n", "3:21-26"],
    [
      "folded, as a whole",
      "views:\n  v:\n    sql: >\n      select\n      titel\n      from tasks\n",
      "4:10-1",
    ],
  ])("says where SQL %s is wrong", async (_, views, place) => {
    const [problem] = await problemsOf({ "schema/a.yaml": tasks + views });
    expect(problem).toContain(`invalid_schema schema/a.yaml:${place}: `);
  });

  it("points into the body of a function: at a missing column, at broken SQL, at broken plpgsql", async () => {
    expect(
      await problemsOf({
        "schema/a.yaml": `${tasks}functions: { f: { file: f.sql }, g: { file: g.sql }, h: { file: h.sql } }\n`,
        "schema/f.sql":
          "create function f(a int) returns int language sql as 'select 1';\n\ncreate function f(a text) returns int\nlanguage sql as $$\n  select titel from tasks\n$$;\n",
        "schema/g.sql": "create or replace function g() returns int language sql as $$ selec 1 $$;\n",
        "schema/h.sql":
          "create function h() returns int language plpgsql as $$\nbegin\n  retrun 1;\nend\n$$;\n",
      }),
    ).toEqual([
      'invalid_schema schema/f.sql:5:10-15: Postgres refuses the function `f`: Column "titel" does not exist.',
      'invalid_schema schema/g.sql:1:63-68: Postgres refuses the function `g`: Syntax error at or near "selec".',
      'invalid_schema schema/h.sql:3:3-9: Postgres refuses the function `h`: Syntax error at or near "retrun".',
    ]);
  });

  it("takes functions that call each other, whichever stands first", async () => {
    const fn = (name: string, other: string): string =>
      `create function ${name}(n int) returns int language sql as $$ select case n when 0 then 0 else ${other}(n - 1) end $$;`;
    expect(
      await problemsOf({
        "schema/a.yaml": "functions: { even: { file: even.sql }, odd: { file: odd.sql } }\n",
        "schema/even.sql": fn("even", "odd"),
        "schema/odd.sql": fn("odd", "even"),
      }),
    ).toEqual([]);
  });

  it("takes bodies of semicolons, overloads, procedures and names in quotes", async () => {
    expect(
      await problemsOf({
        "schema/a.yaml": `${tasks}functions: { f: { file: f.sql }, "Say": { sql: 'create function "Say"() returns int return 1' } }\n`,
        "schema/f.sql": `create function f(n int) returns int begin atomic
  select 1;
  select case when n > 0 then 1 else 2 end;
end;
create procedure public.f(n text) language plpgsql as $$ begin perform 1; end; $$;
create procedure f(n uuid) begin atomic insert into tasks values (1); delete from tasks; end`,
      }),
    ).toEqual([]);
  });

  it.each([
    [
      "another name",
      "create function g() returns int return 1;",
      "1:17-18: This makes `g`, and it is declared as `f`.",
    ],
    [
      "another schema",
      "create function audit.f() returns int return 1;",
      "1:17-24: This makes `audit.f`, and it is declared as `f`.",
    ],
    [
      "another statement",
      "create function f() returns int return 1;\ngrant execute on function f() to public;",
      "2:1-6: `grant` begins no create function or create procedure.",
    ],
    ["an aggregate", "create aggregate f(int) (sfunc = int4pl, stype = int)", "1:1-7: `create` begins no"],
    ["nothing", "-- to come\n", "1:1-2: There is no function here."],
    [
      "a body without end",
      "create function f() returns int as $$ select 1",
      "1:36-37: This dollar-quoted string",
    ],
  ])("refuses a function's file that holds %s", async (_, sql, said) => {
    const problems = await problemsOf({
      "schema/a.yaml": "functions: { f: { file: f.sql } }\n",
      "schema/f.sql": sql,
    });
    expect(problems).toEqual([expect.stringContaining(`invalid_function schema/f.sql:${said}`)]);
  });

  it.each([
    ["a second query", "select 1; select 2", "11-17: A view has one query."],
    ["another statement", "drop table tasks", "1-5: `drop` cannot begin a query."],
    ["nothing", " ", "1-2: There is no query here."],
    ["a whole create view", "create view v as select 1", "1-7: `create` cannot begin a query."],
    ["a comment without end", "select 1 /* one", "10-11: This comment has no end."],
  ])("refuses a view's file that holds %s", async (_, sql, said) => {
    const problems = await problemsOf({
      "schema/a.yaml": `${tasks}views: { v: { file: v.sql } }\n`,
      "schema/v.sql": sql,
    });
    expect(problems).toEqual([expect.stringContaining(`invalid_query schema/v.sql:1:${said}`)]);
  });

  it("refuses two functions of the same arguments, a file that is not there, and one that nothing names", async () => {
    const problems = await problemsOf({
      "schema/a.yaml": "functions: { f: { file: f.sql } }\nviews: { v: { file: v.sql } }\n",
      "schema/f.sql":
        "create or replace function f() returns int return 1;\ncreate or replace function f() returns int return 2;",
      "schema/old/w.sql": "select 1",
    });
    expect(problems).toEqual([
      "missing_file schema/a.yaml:2:21-26: There is no file schema/v.sql.",
      expect.stringContaining("invalid_schema schema/f.sql:2:28-29: "),
      expect.stringContaining("unknown_file schema/old/w.sql:1:1"),
    ]);
  });

  it("refuses a trigger that smuggles SQL, of columns without an update, or of a function that is not there", async () => {
    const problems = await problemsOf({
      "schema/a.yaml": `tables:
  tasks:
    columns: { id: { type: int } }
    triggers:
      a: { before: [insert], execute: "f(); drop table tasks" }
      b: { before: [insert], columns: [id], execute: f() }
      c: { before: [insert], when: "true) execute function f(", execute: f() }
      d: { before: [insert], execute: nowhere() }
functions: { f: { sql: "create function f() returns trigger language plpgsql as 'begin return new; end'" } }
`,
    });
    expect(problems.filter((one) => !/a.yaml:[57]:7-/.test(one))).toEqual([
      expect.stringContaining("invalid_expression schema/a.yaml:5:39"),
      expect.stringContaining("invalid_trigger schema/a.yaml:6:30"),
      expect.stringContaining("invalid_expression schema/a.yaml:7:36"),
      expect.stringContaining("invalid_schema schema/a.yaml:8:7"),
    ]);
  });
});
