import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lexSql } from "../../src/compile/sql/lexer.ts";
import { splitStatements } from "../../src/compile/sql/split.ts";

const kindsOf = (text: string): string[] =>
  lexSql(text).tokens.map(({ kind, start, end }) => `${kind} ${text.slice(start, end)}`);
const named = (text: string): string[] => kindsOf(text).filter((one) => /^(?:parameter|caller)/.test(one));

/** Numbers in [0, 1) that are the same on every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe("lexSql", () => {
  it.each([
    ["select :a, :b_2", ["parameter :a", "parameter :b_2"]],
    ["select x::int, (:a)::text, :a::text", ["parameter :a", "parameter :a"]],
    [
      "select arr[1:2], arr[lo:hi], arr[:n], arr[1: :n], arr[(:a):(:b)]",
      ["parameter :n", "parameter :n", "parameter :a", "parameter :b"],
    ],
    ["select f(x := 1, y => :y)", ["parameter :y"]],
    ["select json_object('k':v, 'l': :l)", ["parameter :l"]],
    ["select ':a', \":b\", $$:c$$, $t$ :d $$ :e $t$, E'\\':f', e'a''\\':g' -- :h\n /* :i /* :j */ :k */", []],
    ["select E'a'\n  '\\' :x', :y", ["parameter :y"]],
    ["select 'a\\', :y", ["parameter :y"]],
    ["select U&'\\0041', B'1', x'F', :y", ["parameter :y"]],
    [
      "where a = $user.id and b = any($user.roles) and c = $claims.org_id::uuid",
      ["caller $user.id", "caller $user.roles", "caller $claims.org_id"],
    ],
    ['select $claims."https://x.y/z", $claims.a.b', ['caller $claims."https://x.y/z"', "caller $claims.a.b"]],
    ["select a$b$c, :d", ["parameter :d"]],
    ["select é:a, :é", ["parameter :a"]],
    ["case when true then :a else :b end limit :n", ["parameter :a", "parameter :b", "parameter :n"]],
  ])("finds the names in %s", (text, names) => {
    expect(named(text)).toEqual(names);
  });

  it.each([
    ["select 'abc", "string", 7],
    ["select E'abc\\'", "string", 7],
    ['select "abc', "quoted identifier", 7],
    ["select /* /* */", "comment", 7],
    ["select $t$ $$", "dollar-quoted string", 7],
  ])("says where %s broke off", (text, what, start) => {
    expect(lexSql(text).unterminated).toEqual({ what, start });
  });

  it("cuts a megabyte of each kind without overflowing", () => {
    const big = 1_000_000;
    for (const text of [
      `'${"x".repeat(big)}'`,
      `'${"''".repeat(big / 2)}'`,
      `E'${"\\'".repeat(big / 2)}'`,
      "(".repeat(big),
      " ".repeat(big),
      "--\n".repeat(big / 3),
      "/*".repeat(big / 4) + "*/".repeat(big / 4),
      `E'a'${" ".repeat(big)}x`,
    ])
      expect(lexSql(text).unterminated).toBeUndefined();
  });
});

describe("statements, beside Postgres", () => {
  let pg: PGlite;
  beforeAll(async () => {
    pg = await PGlite.create();
  }, 60_000);
  afterAll(() => pg.close());

  const pieces = [
    "'a;b'",
    "'it''s;'",
    "E'\\';'",
    "E'a'\n'\\';'",
    "e'\\\\'",
    '";"',
    '"a""b;"',
    "$$;$$",
    "$x$;$$;$x$",
    "-- ;'\n",
    "/* ; ' */",
    "/* /* ; */ */",
    "1",
    "1.5",
    "1e5",
    "'{1,2}'::int[]",
    "(array[1,2,3])[1:2]",
    "(1)",
    "null",
    "'x'::text",
    "U&'\\0041;'",
    "B'1'",
    "'a\\'",
    "'é;😀'",
    "1::int::text",
  ];

  it("are split as Postgres splits them, whatever is in them", async () => {
    const random = seeded(7);
    const pick = (): string => pieces[Math.floor(random() * pieces.length)] ?? "1";
    for (let round = 0; round < 300; round += 1) {
      const count = 1 + Math.floor(random() * 4);
      const statements = Array.from({ length: count }, () => {
        const values = Array.from({ length: 1 + Math.floor(random() * 4) }, pick);
        return `select ${values.map((value) => (/^(?:--|\/\*|")/.test(value) ? `${value.startsWith('"') ? `1 as ${value}` : `${value} 1`}` : value)).join(", ")}`;
      });
      const text = `${statements.join(random() < 0.5 ? ";" : " ;\n")}${random() < 0.5 ? ";" : ""}`;
      const ours = splitStatements(lexSql(text).tokens).map((statement) =>
        text.slice(statement[0]?.start, statement.at(-1)?.end),
      );
      expect(await pg.exec(text), text).toHaveLength(ours.length);
      for (const statement of ours) expect(await pg.exec(statement), statement).toHaveLength(1);
    }
  }, 60_000);

  it("have as many parameters as Postgres counts once they are numbered", async () => {
    const random = seeded(11);
    const decoys = pieces.filter((piece) => !/^(?:--|\/\*|")/.test(piece));
    for (let round = 0; round < 100; round += 1) {
      const names = Array.from({ length: Math.floor(random() * 4) }, (_, n) => `:p${n}`);
      const values = [
        ...names.map((name) => `${name}::text`),
        ...decoys.filter(() => random() < 0.2),
        "1",
      ].sort(() => random() - 0.5);
      const text = `select ${values.join(", ")}`;
      const found = lexSql(text).tokens.filter(({ kind }) => kind === "parameter");
      expect(found.map(({ start, end }) => text.slice(start, end)).sort()).toEqual(names);
      const numbered = found.reduceRight(
        (sql, { start, end }, index) => `${sql.slice(0, start)}$${index + 1}${sql.slice(end)}`,
        text,
      );
      expect((await pg.describeQuery(numbered)).queryParams, numbered).toHaveLength(names.length);
    }
  }, 60_000);
});
