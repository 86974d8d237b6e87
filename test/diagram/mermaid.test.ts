import { expect, it } from "vitest";
import type { EntityColumn } from "../../src/diagram/entity-graph.ts";
import { mermaidOf } from "../../src/diagram/mermaid.ts";

const column = (name: string, type: string, more: Partial<EntityColumn> = {}): EntityColumn => ({
  name,
  type,
  nullable: false,
  keys: [],
  ...more,
});

it("writes tables and relations", () => {
  const text = mermaidOf({
    entities: [
      { name: "users", columns: [column("id", "bigint", { keys: ["PK"] })] },
      {
        name: "audit.log",
        columns: [
          column("user_id", "bigint", { keys: ["PK", "FK"] }),
          column("amount", "numeric(10,2)", { nullable: true }),
        ],
      },
      { name: "empty", columns: [] },
    ],
    relations: [
      {
        name: "a",
        from: "audit.log",
        columns: ["user_id"],
        to: "users",
        references: ["id"],
        optional: false,
        one: true,
      },
      {
        name: "b",
        from: "users",
        columns: ["a", "b"],
        to: "users",
        references: ["id", "c"],
        optional: true,
        one: false,
      },
    ],
  });
  expect(text).toBe(`erDiagram
  "users" {
    bigint id PK
  }
  "audit.log" {
    bigint user_id PK, FK
    numeric(10_2) amount "numeric(10,2), null"
  }
  "empty"
  "users" ||--o| "audit.log" : "user_id"
  "users" |o--o{ "users" : "a, b"`);
});

it("writes nothing that Mermaid would read as something else", () => {
  const text = mermaidOf({
    entities: [
      {
        name: 'a"b',
        columns: [
          column("PK", "text"),
          column("fk", "interval year to month"),
          column("9 lives", '"Mood %%{init}"'),
          column("}", "text[]"),
        ],
      },
    ],
    relations: [],
  });
  expect(text.split("\n").slice(1)).toEqual([
    `  "a'b" {`,
    `    text PK_ "PK"`,
    `    interval_year_to_month fk_ "interval year to month, fk"`,
    `    _Mood_init_ _9_lives "'Mood %{init}', 9 lives"`,
    `    text[] _ "}"`,
    "  }",
  ]);
});
