import { describe, expect, it } from "vitest";
import { type BoundStatement, bindStatement } from "../../src/compile/sql/bind.ts";
import { lexSql } from "../../src/compile/sql/lexer.ts";
import { refuseVerb } from "../../src/compile/sql/verb.ts";

const bind = (text: string, params: Record<string, { type: string }> = {}): BoundStatement =>
  bindStatement(lexSql(text).tokens, {
    file: "logic/a.sql",
    text,
    params,
    enums: new Set(["task_status", "order"]),
  });

describe("bindStatement", () => {
  it("numbers each name once and casts it to its declared type", () => {
    const { sql, bindings } = bind(
      'select :s, $user.id, :s, $user.roles, $user.id, $claims.org, $claims."https://a/b", :o',
      {
        s: { type: "task_status" },
        o: { type: "order[]" },
      },
    );
    expect(sql).toBe(
      'select ($1::"task_status"), $2, ($1::"task_status"), ($3::text[]), $2, $4, $5, ($6::"order"[])',
    );
    expect(bindings).toEqual([
      { from: "param", name: "s" },
      { from: "user", name: "id" },
      { from: "user", name: "roles" },
      { from: "claim", name: "org" },
      { from: "claim", name: '"https://a/b"' },
      { from: "param", name: "o" },
    ]);
  });

  it("leaves names in strings and comments as they are", () => {
    const text = "select ':s', \"$user.id\" -- :s\n, $$:s$$";
    expect(bind(text, { s: { type: "text" } })).toMatchObject({ sql: text, bindings: [], diagnostics: [] });
  });

  it("says which parameter was meant, and refuses positions and unknown references", () => {
    expect(
      bind("select :stats, $1,\n $user.ids, $foo", { status: { type: "text" } }).diagnostics,
    ).toMatchObject([
      { code: "undeclared_parameter", hint: "Did you mean `status`?", line: 1, column: 8, endColumn: 14 },
      { code: "positional_parameter", line: 1, column: 16 },
      { code: "unknown_reference", hint: "Did you mean `$user.id`?", line: 2, column: 2 },
      { code: "unknown_reference", line: 2 },
    ]);
  });

  it("does not take a member of every object for a parameter", () => {
    expect(bind("select :constructor, :toString").diagnostics.map(({ code }) => code)).toEqual([
      "undeclared_parameter",
      "undeclared_parameter",
    ]);
  });

  it("maps every offset outside a placeholder back to the same character", () => {
    const text = "  select 'é😀', :a , x\n from t /* :a */ where y = :bee and z = $user.id || ':a' limit :a";
    const { sql, originOf, places } = bind(text, { a: { type: "integer" }, bee: { type: "text" } });
    const placeholders = [...sql.matchAll(/\(\$\d+::\w+\)|\$\d+/g)].map(
      ({ index, 0: match }) => [index, index + match.length] as const,
    );
    let compared = 0;
    for (let offset = 0; offset < sql.length; offset += 1) {
      const inside = placeholders.find(([start, end]) => start <= offset && offset < end);
      if (inside === undefined) expect(text[originOf(offset)]).toBe(sql[offset]);
      else expect(text[originOf(offset)]).toMatch(/[:$]/);
      compared += 1;
    }
    expect(compared).toBeGreaterThan(70);
    expect(places.map(([offset]) => sql[offset])).toEqual(places.map(([, origin]) => text[origin]));
    expect(places).toHaveLength(4);
  });
});

describe("refuseVerb", () => {
  const codeOf = (text: string): string | undefined => refuseVerb(lexSql(text).tokens, text)?.code;

  it.each([
    "select 1",
    "(select 1) union (select 2)",
    "with a as (select 1) select * from a",
    "values (1)",
    "table t",
    "insert into t select 1",
    "update t set a = 1",
    "delete from t",
    "merge into t using s on true when matched then do nothing",
    "with a as (insert into t values (1) returning *) select * from a",
    'select "into" from t',
  ])("lets %s pass", (text) => {
    expect(codeOf(text)).toBeUndefined();
  });

  it.each([
    ["begin", "transaction_control"],
    ["COMMIT", "transaction_control"],
    ["rollback to x", "transaction_control"],
    ["drop table t", "unsupported_statement"],
    ["create table t ()", "unsupported_statement"],
    ["copy t to stdout", "unsupported_statement"],
    ["set role x", "unsupported_statement"],
    ["listen x", "unsupported_statement"],
    ["do $$ begin end $$", "unsupported_statement"],
    ["call f()", "unsupported_statement"],
    ["explain select 1", "unsupported_statement"],
    ["truncate t", "unsupported_statement"],
    ["select 1 into t", "unsupported_statement"],
    ["with a as (select 1) select * into t from a", "unsupported_statement"],
    ["'select'", "unsupported_statement"],
    ["1", "unsupported_statement"],
    ['"select" 1', "unsupported_statement"],
  ])("refuses %s", (text, code) => {
    expect(codeOf(text)).toBe(code);
  });
});
