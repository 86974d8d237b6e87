import { describe, expect, it } from "vitest";
import type { Diagnostic } from "../../src/core/diagnostic.ts";
import { lintProject } from "../../src/lint/lint.ts";
import { rules } from "../../src/lint/rules.ts";
import { readProject } from "../../src/project/read-project.ts";
import { sharedShadow } from "../database/shared-shadow.ts";
import { projectDirectory } from "../project/project-directory.ts";

async function lint(files: string | Record<string, string>): Promise<Diagnostic[]> {
  const root = projectDirectory(typeof files === "string" ? { "schema/a.yaml": files } : files);
  return lintProject(await readProject(root), await sharedShadow());
}

const codes = (found: readonly Diagnostic[]): string[] => found.map(({ code }) => code);

const id = "id: { type: bigint, identity: always, primaryKey: true }";
const table = (columns: string, rest = "") => `tables:
  t:
    columns:
      ${id}
      ${columns.split("\n").join("\n      ")}
    ${rest.split("\n").join("\n    ")}
`;
const long = (length: number): string => "a".repeat(length);

/** By rule: declarations in which it finds one thing, and such as are near to them in which nothing is found. */
const cases: Record<string, { bad: string[]; good: string[] }> = {
  unindexed_foreign_key: {
    bad: [
      table("up: { type: bigint, references: t.id }"),
      table("up: { type: bigint, references: t.id }\nb: { type: int }", "indexes: [{ columns: [b, up] }]"),
      table("up: { type: bigint, references: t.id }", "indexes: [{ columns: [up], where: up > 5 }]"),
      table("up: { type: bigint, references: t.id }", "indexes: [{ columns: [up], method: brin }]"),
      table("up: { type: bigint, references: t.id }", "indexes: [{ columns: [{ expression: up + 1 }] }]"),
    ],
    good: [
      table("up: { type: bigint, references: t.id }", "indexes: [{ columns: [up] }]"),
      table("up: { type: bigint, references: t.id }", "indexes: [{ columns: [up], where: up is not null }]"),
      table("up: { type: bigint, references: t.id }\nb: { type: int }", "indexes: [{ columns: [up, b] }]"),
      table("up: { type: bigint, references: t.id, unique: true }"),
      table(
        "up: { type: bigint, nullable: false }",
        "foreignKeys: [{ columns: [up], references: { table: t, columns: [id] } }]\nindexes: [{ columns: [up], method: hash }]",
      ),
    ],
  },
  foreign_key_types: {
    bad: [table("up: { type: int, references: t.id }", "indexes: [{ columns: [up] }]")],
    good: [table("up: { type: int8, references: t.id }", "indexes: [{ columns: [up] }]")],
  },
  set_null_not_null: {
    bad: [
      table(
        "up: { type: bigint, nullable: false, references: t.id, onDelete: set null }",
        "indexes: [{ columns: [up] }]",
      ),
      table(
        "up: { type: bigint, nullable: false, references: t.id, onUpdate: set null }",
        "indexes: [{ columns: [up] }]",
      ),
    ],
    good: [
      table("up: { type: bigint, references: t.id, onDelete: set null }", "indexes: [{ columns: [up] }]"),
    ],
  },
  no_primary_key: {
    bad: ["tables: { t: { columns: { a: { type: text } } } }"],
    good: [table("a: { type: text }"), "tables: { t: { columns: { a: { type: text } }, primaryKey: [a] } }"],
  },
  narrow_key: {
    bad: [
      "tables: { t: { columns: { id: { type: int, primaryKey: true } } } }",
      "tables: { t: { columns: { id: { type: smallint, identity: by default }, b: { type: text } }, primaryKey: [id, b] } }",
    ],
    good: [
      table("a: { type: int }"),
      "tables: { t: { columns: { a: { type: int }, b: { type: int } }, primaryKey: [a, b] } }",
    ],
  },
  serial_type: {
    bad: ["tables: { t: { columns: { id: { type: bigserial, primaryKey: true } } } }"],
    good: [table("a: { type: bigint }")],
  },
  char_type: {
    bad: [
      table("a: { type: char(3) }"),
      table("a: { type: character }"),
      table("a: { type: 'bpchar(2)[]' }"),
    ],
    good: [table("a: { type: varchar(3) }"), table("a: { type: text }")],
  },
  timestamp_without_zone: {
    bad: [table("at: { type: timestamp }"), table("at: { type: timestamp(3) without time zone }")],
    good: [table("at: { type: timestamptz }"), table("at: { type: date }")],
  },
  time_with_zone: {
    bad: [table("at: { type: timetz }")],
    good: [table("at: { type: time }")],
  },
  money_type: { bad: [table("a: { type: money }")], good: [table("a: { type: numeric }")] },
  float_money: {
    bad: [table("total_price: { type: float8 }"), table("amounts: { type: real }")],
    good: [
      table("price: { type: 'numeric(10,2)' }"),
      table("latitude: { type: float8 }"),
      table("surface: { type: float8 }"),
    ],
  },
  json_type: { bad: [table("a: { type: json }")], good: [table("a: { type: jsonb }")] },
  nullable_boolean: {
    bad: [table("a: { type: boolean }")],
    good: [table("a: { type: boolean, nullable: false }"), table("a: { type: bool, default: false }")],
  },
  single_value_enum: {
    bad: ["enums: { mood: [good] }"],
    good: ["enums: { mood: [good, bad] }"],
  },
  nullable_unique: {
    bad: [table("a: { type: int }\nb: { type: int, nullable: false }", "unique: [[a, b]]")],
    good: [
      table("a: { type: int }", "unique: [[a]]"),
      table("a: { type: int }\nb: { type: int }", "unique: [{ columns: [a, b], nullsNotDistinct: true }]"),
      table("a: { type: int, nullable: false }\nb: { type: int, nullable: false }", "unique: [[a, b]]"),
    ],
  },
  duplicate_index: {
    bad: [
      table("a: { type: int }", "indexes: [{ columns: [a] }, { columns: [a], name: again }]"),
      table("a: { type: int }", "unique: [[a]]\nindexes: [{ columns: [a], unique: true }]"),
    ],
    good: [
      table("a: { type: int }", "indexes: [{ columns: [a] }, { columns: [a], method: hash }]"),
      table("a: { type: int }", "indexes: [{ columns: [a] }, { columns: [{ column: a, direction: desc }] }]"),
      table("a: { type: int }", "indexes: [{ columns: [a], where: a > 1 }, { columns: [a], where: a > 2 }]"),
    ],
  },
  redundant_index: {
    bad: [
      table("a: { type: int }\nb: { type: int }", "indexes: [{ columns: [a] }, { columns: [a, b] }]"),
      table("a: { type: int }", "unique: [[a]]\nindexes: [{ columns: [a] }]"),
      table("a: { type: int }", "indexes: [{ columns: [id] }]"),
      table(
        "a: { type: text }",
        "indexes: [{ columns: [{ expression: 'concat(a, \\',\\')' }] }, { columns: [{ expression: 'concat(a, \\',\\')' }, id] }]".replaceAll(
          "concat(a, \\',\\')",
          "lower(a)",
        ),
      ),
    ],
    good: [
      table("a: { type: int }\nb: { type: int }", "indexes: [{ columns: [b] }, { columns: [a, b] }]"),
      table(
        "a: { type: int }\nb: { type: int }",
        "indexes: [{ columns: [a], unique: true }, { columns: [a, b] }]",
      ),
      table(
        "a: { type: int }\nb: { type: int }",
        "indexes: [{ columns: [a] }, { columns: [a, b], where: b > 0 }]",
      ),
      table(
        "a: { type: int }\nb: { type: int }",
        "indexes: [{ columns: [a], include: [b] }, { columns: [a, b] }]",
      ),
    ],
  },
  cut_name: {
    bad: [
      `tables: { ${long(40)}: { columns: { id: { type: bigint, primaryKey: true }, ${long(30)}: { type: int, unique: true } } } }`,
      `tables: { t: { columns: { ${long(62)}: { type: bigint, identity: always, primaryKey: true } } } }`,
    ],
    good: [
      `tables: { ${long(40)}: { columns: { id: { type: bigint, primaryKey: true }, ${long(30)}: { type: int } }, unique: [{ name: short, columns: [${long(30)}] }] } }`,
      `tables: { ${long(58)}: { columns: { id: { type: bigint, primaryKey: true } } } }`,
    ],
  },
  mixed_case_name: {
    bad: [table("createdAt: { type: date }"), "enums: { Mood: [good, bad] }"],
    good: [table("created_at: { type: date }")],
  },
  reserved_name: {
    bad: [
      table("user: { type: text }"),
      "tables: { order: { columns: { id: { type: bigint, primaryKey: true } } } }",
    ],
    good: [table("name: { type: text }\nusers: { type: text }")],
  },
  row_security_without_policies: {
    bad: [table("a: { type: int }", "rowSecurity: {}")],
    good: [table("a: { type: int }", "rowSecurity: { policies: { own: { using: a = 1 } } }")],
  },
  policies_without_row_security: {
    bad: [table("a: { type: int }", "rowSecurity: { enabled: false, policies: { own: { using: a = 1 } } }")],
    good: [table("a: { type: int }", "rowSecurity: { policies: { own: { using: a = 1 } } }")],
  },
  view_past_row_security: {
    bad: [
      `${table("a: { type: int }", "rowSecurity: { policies: { own: { using: a = 1 } } }")}views: { v: { sql: select a from t } }`,
      `${table("a: { type: int }", "rowSecurity: { policies: { own: { using: a = 1 } } }")}views:
  inner_view: { sql: select a from t, securityInvoker: true }
  v: { sql: select a from inner_view }`,
    ],
    good: [
      `${table("a: { type: int }", "rowSecurity: { policies: { own: { using: a = 1 } } }")}views: { v: { sql: select a from t, securityInvoker: true } }`,
      `${table("a: { type: int }")}views: { v: { sql: select a from t } }`,
    ],
  },
  security_definer_search_path: {
    bad: [
      "functions: { f: { sql: 'create function f() returns int language sql security definer as $$ select 1 $$' } }",
    ],
    good: [
      "functions: { f: { sql: 'create function f() returns int language sql security definer set search_path = pg_catalog as $$ select 1 $$' } }",
      "functions: { f: { sql: 'create function f() returns text language sql as $$ select $x$ SECURITY DEFINER $x$ $$' } }",
    ],
  },
};

describe("the rules of stk schema lint", { timeout: 60_000 }, () => {
  it("are all tried here", () => {
    expect(Object.keys(cases).sort()).toEqual(rules.map(({ code }) => code).sort());
  });

  it.each(Object.entries(cases).flatMap(([code, { bad }]) => bad.map((yaml) => [code, yaml] as const)))(
    "%s is found in\n%s",
    async (code, yaml) => {
      expect(codes(await lint(yaml))).toEqual([code]);
    },
  );

  it.each(Object.entries(cases).flatMap(([code, { good }]) => good.map((yaml) => [code, yaml] as const)))(
    "%s is not found in\n%s",
    async (code, yaml) => {
      expect(codes(await lint(yaml))).not.toContain(code);
    },
  );

  it("find nothing in a project without schemas", async () => {
    expect(await lint({})).toEqual([]);
  });
});

describe("an exception", { timeout: 60_000 }, () => {
  const because = (code: string) => `lint: { ${code}: the reason }`;

  it.each([
    ["a column", table(`a: { type: money, ${because("money_type")} }`)],
    ["a table, for all that is in it", table("a: { type: money }", because("money_type"))],
    [
      "a column, for its key",
      table(`up: { type: bigint, references: t.id, ${because("unindexed_foreign_key")} }`),
    ],
    [
      "a foreign key",
      table(
        "up: { type: bigint }",
        `foreignKeys: [{ columns: [up], references: { table: t, columns: [id] }, ${because("unindexed_foreign_key")} }]`,
      ),
    ],
    [
      "a unique key",
      table(
        "a: { type: int }\nb: { type: int }",
        `unique: [{ columns: [a, b], ${because("nullable_unique")} }]`,
      ),
    ],
    [
      "an index",
      table(
        "a: { type: int }",
        `indexes: [{ columns: [a] }, { columns: [a], name: again, ${because("duplicate_index")} }]`,
      ),
    ],
    [
      "an index on lines of its own",
      table(
        "a: { type: int }",
        `indexes:\n  - columns: [a]\n  - columns: [a]\n    name: again\n    ${because("duplicate_index")}`,
      ),
    ],
    ["an enum", `enums: { mood: { values: [good], ${because("single_value_enum")} } }`],
    [
      "a function",
      `functions: { f: { sql: 'create function f() returns int language sql security definer as $$ select 1 $$', ${because("security_definer_search_path")} } }`,
    ],
    [
      "a view",
      `${table("a: { type: int }", "rowSecurity: { policies: { own: { using: a = 1 } } }")}views: { v: { sql: select a from t, ${because("view_past_row_security")} } }`,
    ],
  ])("holds at %s", async (_, yaml) => {
    expect(await lint(yaml)).toEqual([]);
  });

  it("holds only where it stands", async () => {
    const found = await lint(table(`a: { type: money, ${because("money_type")} }\nb: { type: money }`));
    expect(found).toEqual([expect.objectContaining({ code: "money_type", line: 6 })]);
  });

  it("holds only in the connection of its file", async () => {
    const found = await lint({
      "config/connections.yaml": 'main: { url: "${A}" }\nother: { url: "${B}" }\n',
      "schema/a.yaml": table("a: { type: money }", because("money_type")),
      "schema/b.yaml": `connection: other\n${table("a: { type: money }")}`,
    });
    expect(found).toEqual([expect.objectContaining({ code: "money_type", file: "schema/b.yaml" })]);
  });

  it("that nothing is found of is itself found", async () => {
    const found = await lint(table(`a: { type: text, ${because("money_type")} }`));
    expect(found).toEqual([expect.objectContaining({ code: "exception_in_vain", line: 5, column: 32 })]);
  });

  it("of a rule that there is not says which is meant", async () => {
    const found = await lint(table(`a: { type: money, ${because("money_typ")} }`));
    expect(codes(found)).toEqual(["money_type", "unknown_rule"]);
    expect(found[1]).toMatchObject({ hint: "Did you mean `money_type`?" });
  });
});
