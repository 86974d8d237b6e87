import { freshDatabase } from "../../services/postgres.ts";
import { runCases } from "./run-cases.ts";

const mail = (rest: string): string => `domains: { mail: { ${rest} } }`;
const users = "tables: { users: { columns: { id: { type: int }, mail: { type: mail } } } }";
const rows = "insert into users values (1, 'a@b'), (2, null)";

await runCases(
  [
    {
      name: "creates a domain before the table that uses it",
      new: `${mail("type: text, nullable: false, default: \"'a@b'\", check: VALUE like '%@%'")}\n${users}`,
      steps: ["Create the domain mail", "Create the table users"],
    },
    {
      name: "creates a domain over a type with a modifier and a collation",
      new: mail("type: varchar(20), collation: C, checks: { short: length(VALUE) < 9, at: \"VALUE ~ '@'\" }"),
    },
    { name: "creates a domain over an array", new: mail('type: "int[]"') },
    {
      name: "creates a domain over an enum and a domain over that",
      new: 'enums: { Mood: [good, bad] }\ndomains: { a: { type: Mood, default: "\'good\'" }, b: { type: a, nullable: false } }\ntables: { t: { columns: { b: { type: b }, all: { type: "a[]" } } } }',
    },
    {
      name: "adds a check",
      old: `${mail("type: text")}\n${users}`,
      seed: rows,
      new: `${mail("type: text, check: VALUE like '%@%'")}\n${users}`,
    },
    {
      name: "refuses a check that rows violate",
      old: `${mail("type: text")}\n${users}`,
      seed: `${rows}, (3, 'c')`,
      new: `${mail("type: text, check: VALUE like '%@%'")}\n${users}`,
      blocked: ["domain_violated mail: 1 value of the domain mail does not meet what is declared of it."],
    },
    {
      name: "adds a check for new values before it looks at those that are there, which others cannot add to meanwhile",
      old: `${mail("type: text, nullable: true, checks: { b: VALUE <> 'b' }")}\n${users}`,
      seed: "insert into users values (1, 'a@b')",
      online: true,
      new: `${mail("type: text, nullable: false, checks: { a: \"VALUE like '%@%'\", b: VALUE <> 'c' }, default: \"'d'\"")}\n${users}`,
      steps: [
        "Change the domain mail",
        "Change the domain mail",
        "Add the check a to the domain mail, for new values",
        "Add the check b to the domain mail, for new values",
        "Change the domain mail (2)",
        "Validate a of the domain mail for the values that are there (3)",
        "Validate b of the domain mail for the values that are there (4)",
      ],
    },
    {
      name: "refuses a check that values of a domain over the domain violate",
      old: `domains: { mail: { type: text }, work: { type: mail } }\ntables: { users: { columns: { mail: { type: work } } } }`,
      seed: "insert into users values ('a')",
      new: `domains: { mail: { type: text, check: VALUE like '%@%' }, work: { type: mail } }\ntables: { users: { columns: { mail: { type: work } } } }`,
      blocked: ["domain_violated mail: 1 value of the domain mail does not meet what is declared of it."],
    },
    {
      name: "drops a check",
      old: `${mail("type: text, checks: { a: VALUE <> '', b: VALUE <> 'x' }")}\n${users}`,
      seed: rows,
      new: `${mail("type: text, checks: { b: VALUE <> 'x' }")}\n${users}`,
      sql: ['alter domain "mail" drop constraint "a"'],
    },
    {
      name: "renames a check",
      old: `${mail("type: text, checks: { a: VALUE <> '' }")}\n${users}`,
      seed: rows,
      new: `${mail("type: text, checks: { b: VALUE <> '' }")}\n${users}`,
      sql: ['alter domain "mail" rename constraint "a" to "b"'],
    },
    {
      name: "changes a check",
      old: `${mail("type: text, checks: { a: VALUE <> '' }")}\n${users}`,
      seed: rows,
      new: `${mail("type: text, checks: { a: VALUE <> 'x' }")}\n${users}`,
    },
    {
      name: "exchanges the names of two checks",
      old: mail("type: text, checks: { a: VALUE <> 'a', b: VALUE <> 'b' }"),
      new: mail("type: text, checks: { a: VALUE <> 'b', b: VALUE <> 'a' }"),
    },
    {
      name: "validates a check that is not",
      old: `${mail("type: text")}\n${users}`,
      seed: `${rows}; alter domain mail add constraint a check (VALUE <> '') not valid`,
      new: `${mail("type: text, checks: { a: VALUE <> '' }")}\n${users}`,
    },
    {
      name: "sets, changes and drops a default",
      old: "domains: { a: { type: int }, b: { type: int, default: '1' }, c: { type: int, default: '1' } }",
      new: "domains: { a: { type: int, default: '1' }, b: { type: int, default: '2' }, c: { type: int } }",
      sql: [
        'alter domain "a" set default 1',
        'alter domain "b" set default 2',
        'alter domain "c" drop default',
      ],
    },
    {
      name: "refuses null",
      old: `${mail("type: text")}\n${users}`,
      seed: "insert into users values (1, 'a')",
      new: `${mail("type: text, nullable: false")}\n${users}`,
      sql: ['alter domain "mail" set not null'],
    },
    {
      name: "does not refuse null where rows have it",
      old: `${mail("type: text")}\n${users}`,
      seed: rows,
      new: `${mail("type: text, nullable: false")}\n${users}`,
      blocked: ["domain_violated mail: 1 value of the domain mail does not meet what is declared of it."],
    },
    {
      name: "allows null",
      old: `${mail("type: text, nullable: false")}\n${users}`,
      seed: "insert into users values (1, 'a')",
      new: `${mail("type: text")}\n${users}`,
      sql: ['alter domain "mail" drop not null'],
    },
    {
      name: "never changes the type beneath the rows",
      old: `${mail("type: text")}\n${users}`,
      seed: rows,
      new: `${mail("type: varchar(20)")}\n${users}`,
      blocked: [
        "domain_type mail: The domain mail is over text in the database and over character varying(20) in the declaration, and tables hold values of it. Postgres cannot change that.",
      ],
    },
    {
      name: "makes a domain anew that no table uses",
      old: `${mail("type: text")}\nfunctions: { f: { sql: "create function f(a mail) returns int language sql as $$ select 1 $$" } }\nviews: { v: { sql: "select 'a'::mail as a" } }`,
      new: `${mail("type: int")}\nfunctions: { f: { sql: "create function f(a mail) returns int language sql as $$ select 1 $$" } }\nviews: { v: { sql: "select 1::mail as a" } }`,
    },
    {
      name: "turns text into a domain and back",
      old: `${mail("type: text, check: VALUE <> ''")}\ntables: { t: { columns: { a: { type: text }, b: { type: mail } } } }`,
      seed: "insert into t values ('a', 'b')",
      new: `${mail("type: text, check: VALUE <> ''")}\ntables: { t: { columns: { a: { type: mail }, b: { type: text } } } }`,
    },
    {
      name: "leaves a domain alone that is no longer declared",
      old: mail("type: text"),
      new: "{}",
      steps: [],
      notices: ["mail"],
      more: true,
    },
    {
      name: "drops a domain that is declared as removed, after its last column",
      old: `${mail("type: text")}\n${users}`,
      seed: rows,
      new: "removed: { domains: [mail] }\ntables: { users: { columns: { id: { type: int }, mail: { type: text } } } }",
      steps: ["Change the type of users.mail from mail to text", "Drop the domain mail"],
    },
    {
      name: "drops a domain that has checks",
      old: mail("type: text, checks: { at: \"value like '%@%'\", long: length(value) > 3 }"),
      new: "removed: { domains: [mail] }",
      steps: ["Drop the domain mail"],
    },
    {
      name: "never drops a domain that a column uses",
      old: mail("type: text"),
      seed: "create table other (a mail)",
      new: "removed: { domains: [mail] }",
      blocked: [
        "still_used mail: The domain mail is declared as removed, and other things rest on it: column other.a.",
      ],
      notices: ["other"],
    },
    {
      name: "takes no domain for another kind of type",
      seed: "create type mail as enum ('a')",
      new: mail("type: text"),
      blocked: ["name_taken mail: The domain mail is declared, and the database has an enum of that name."],
      notices: ["mail"],
    },
  ],
  freshDatabase,
);
