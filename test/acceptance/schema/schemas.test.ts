import { freshDatabase } from "../../services/postgres.ts";
import { runCases } from "./run-cases.ts";

const audit = (tables: string): string => `schemas: { audit: {} }\ntables: ${tables}`;
const log = "{ columns: { id: { type: int, primaryKey: true }, what: { type: text } } }";

await runCases(
  [
    {
      name: "creates a schema and a table in it",
      new: audit(`{ audit.log: ${log} }`),
      steps: ["Create the schema audit", "Create the table audit.log"],
    },
    { name: "creates an empty schema", new: "schemas: { audit: {} }", sql: ['create schema "audit"'] },
    {
      name: "takes over a schema that is there",
      seed: "create schema audit",
      new: audit(`{ audit.log: ${log} }`),
      steps: ["Create the table audit.log"],
    },
    {
      name: "makes a schema of the person's own spelling",
      new: "schemas: { Audit: {} }\ntables: { Audit.Log: { columns: { Id: { type: int, primaryKey: true } }, indexes: [{ columns: [Id] }] } }",
    },
    {
      name: "keeps tables of one name in two schemas apart",
      old: audit(`{ log: ${log}, audit.log: ${log} }`),
      seed: "insert into log values (1, 'a'); insert into audit.log values (1, 'b')",
      new: audit(
        "{ log: { columns: { id: { type: int, primaryKey: true }, what: { type: text, nullable: false } } }, audit.log: { columns: { id: { type: bigint, primaryKey: true }, what: { type: text } } } }",
      ),
      rows: {
        "select what from log": [{ what: "a" }],
        "select what from audit.log": [{ what: "b" }],
      },
    },
    {
      name: "refers from one schema to another and back",
      new: audit(
        "{ users: { columns: { id: { type: int, primaryKey: true }, last: { type: int, references: audit.log.id } } }, audit.log: { columns: { id: { type: int, primaryKey: true }, user_id: { type: int, references: users.id } } } }",
      ),
    },
    {
      name: "adds, changes and drops columns, keys and indexes in a schema",
      old: audit(
        "{ audit.log: { columns: { id: { type: int, primaryKey: true }, what: { type: text, unique: true }, n: { type: int, check: n > 0 } }, indexes: [{ columns: [n] }] } }",
      ),
      seed: "insert into audit.log values (1, 'a', 2)",
      new: `${audit(
        "{ audit.log: { columns: { id: { type: bigint, primaryKey: true }, what: { type: varchar(20), default: { value: x } }, at: { type: timestamptz } }, indexes: [{ columns: [what], unique: true }] } }",
      )}\nremoved: { columns: { audit.log: [n] } }`,
      destroys: { "Drop the column audit.log.n": 1 },
      rows: { "select id::int4, what from audit.log": [{ id: 1, what: "a" }] },
    },
    {
      name: "finds the rows in a schema that a key refuses",
      old: audit("{ audit.log: { columns: { a: { type: int }, b: { type: int } } } }"),
      seed: "insert into audit.log values (1, null), (1, null)",
      new: audit(
        "{ audit.log: { columns: { a: { type: int, unique: true }, b: { type: int, nullable: false } } } }",
      ),
      blocked: [
        "null_values audit.log.b: Each of 2 rows of audit.log has null in b.",
        "duplicates audit.log.log_a_key: 1 value of log_a_key would be in audit.log more than once.",
      ],
    },
    {
      name: "numbers rows in a schema",
      old: audit("{ audit.log: { columns: { id: { type: int, primaryKey: true } } } }"),
      seed: "insert into audit.log values (4)",
      new: audit("{ audit.log: { columns: { id: { type: bigserial, primaryKey: true } } } }"),
      rows: { "insert into audit.log default values returning id::int4": [{ id: 5 }] },
    },
    {
      name: "renames a table in a schema, its columns and its sequence",
      old: audit("{ audit.old: { columns: { id: { type: serial, primaryKey: true }, a: { type: text } } } }"),
      seed: "insert into audit.old (a) values ('x')",
      new: audit(
        "{ audit.log: { renamedFrom: old, columns: { id: { type: serial, primaryKey: true }, b: { type: text, renamedFrom: a } } } }",
      ),
      rows: { "select id, b from audit.log": [{ id: 1, b: "x" }] },
    },
    {
      name: "does not rename a table of another schema",
      old: audit(`{ old: ${log} }`),
      seed: "insert into old values (1, 'x')",
      new: audit(`{ old: ${log}, audit.log: { columns: { id: { type: int } }, renamedFrom: old } }`),
      steps: ["Create the table audit.log"],
    },
    {
      name: "uses, changes and renames enums of a schema",
      old: `schemas: { audit: {} }
enums: { audit.level: [low, high] }
tables: { t: { columns: { l: { type: audit.level, default: low }, all: { type: "audit.level[]" } } } }`,
      seed: "insert into t values ('high', '{low,high}')",
      new: `schemas: { audit: {} }
enums: { audit.degree: { renamedFrom: level, values: [low, { value: top, renamedFrom: high }, highest] } }
tables: { t: { columns: { l: { type: audit.degree, default: low }, all: { type: "audit.degree[]" } } } }`,
      rows: { 'select l::text, "all"::text from t': [{ l: "top", all: "{low,top}" }] },
    },
    {
      name: "turns text into an enum of a schema and back",
      old: "schemas: { audit: {} }\nenums: { audit.level: [low] }\ntables: { t: { columns: { a: { type: text }, b: { type: audit.level } } } }",
      seed: "insert into t values ('low', 'low')",
      new: "schemas: { audit: {} }\nenums: { audit.level: [low] }\ntables: { t: { columns: { a: { type: audit.level }, b: { type: text } } } }",
    },
    {
      name: "drops a table and an enum of a schema that are declared as removed",
      old: "schemas: { audit: {} }\nenums: { audit.level: [low] }\ntables: { audit.log: { columns: { a: { type: audit.level } } } }",
      seed: "insert into audit.log values ('low')",
      new: "schemas: { audit: {} }\nremoved: { tables: [audit.log], enums: [audit.level] }",
      steps: ["Drop the table audit.log", "Drop the enum audit.level"],
      destroys: { "Drop the table audit.log": 1 },
      rows: {},
    },
    {
      name: "drops an empty schema that is declared as removed",
      old: "schemas: { audit: {} }",
      new: "removed: { schemas: [audit] }",
      sql: ['drop schema "audit"'],
    },
    {
      name: "drops a schema along with all that is declared as removed in it",
      old: "schemas: { audit: {} }\nenums: { audit.level: [low] }\ntables: { audit.log: { columns: { id: { type: serial, primaryKey: true }, l: { type: audit.level } }, indexes: [{ columns: [l] }] } }",
      new: "removed: { schemas: [audit], tables: [audit.log], enums: [audit.level] }",
      steps: ["Drop the table audit.log", "Drop the enum audit.level", "Drop the schema audit"],
      destroys: { "Drop the table audit.log": 0 },
      rows: {},
    },
    {
      name: "never drops a schema that something is in",
      old: "schemas: { audit: {} }\nenums: { audit.level: [low] }\ntables: { audit.log: { columns: { a: { type: int } } } }",
      seed: 'create collation audit.c from "C"',
      new: "removed: { schemas: [audit] }",
      blocked: [
        "still_used audit: The schema audit is declared as removed, and other things rest on it: collation audit.c, enum audit.level, table audit.log.",
      ],
      notices: ["audit.level", "audit.log", "audit.c"],
    },
    {
      name: "does nothing for a schema that was removed before",
      new: "removed: { schemas: [audit] }",
      steps: [],
    },
    {
      name: "leaves a schema alone that is no longer declared",
      old: audit(`{ audit.log: ${log} }`),
      seed: "insert into audit.log values (1, 'a')",
      new: "{}",
      steps: [],
      more: true,
    },
    {
      name: "makes views, functions and triggers in a schema",
      new: `schemas: { audit: {} }
tables: { audit.log: { columns: { a: { type: int } }, triggers: { touch: { before: [insert], execute: audit.touch() } } } }
views: { audit.all: { sql: select a from audit.log } }
functions: { audit.touch: { sql: "create function audit.touch() returns trigger language plpgsql as $$ begin return new; end $$" } }`,
    },
  ],
  freshDatabase,
);
