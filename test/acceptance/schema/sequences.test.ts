import { freshDatabase } from "../../services/postgres.ts";
import { runCases } from "./run-cases.ts";

const orders = "tables: { orders: { columns: { no: { type: bigint, default: nextval('numbers') } } } }";

await runCases(
  [
    {
      name: "creates a sequence",
      new: "sequences: { numbers: {} }",
      sql: [
        'create sequence "numbers" as bigint increment by 1 minvalue 1 maxvalue 9223372036854775807 start with 1 cache 1 no cycle',
      ],
    },
    {
      name: "creates a sequence with all of its options",
      new: "sequences: { numbers: { type: smallint, start: 100, increment: -5, min: -1000, max: 1000, cache: 10, cycle: true } }",
    },
    {
      name: "creates a sequence before the default that takes from it",
      new: `sequences: { numbers: { start: 1000 } }\n${orders}`,
      steps: ["Create the sequence numbers", "Create the table orders"],
      rows: { "insert into orders default values returning no::int4": [{ no: 1000 }] },
    },
    {
      name: "gives a sequence to its column",
      new: `sequences: { numbers: { ownedBy: orders.no } }\n${orders}`,
      steps: [
        "Create the sequence numbers",
        "Create the table orders",
        "Let the sequence numbers go with orders.no",
      ],
    },
    {
      name: "gives a sequence that is there to a column, to another, and takes it away",
      old: "sequences: { a: {}, b: { ownedBy: t.x }, c: { ownedBy: t.x } }\ntables: { t: { columns: { x: { type: int }, y: { type: int } } } }",
      new: "sequences: { a: { ownedBy: t.x }, b: { ownedBy: t.y }, c: {} }\ntables: { t: { columns: { x: { type: int }, y: { type: int } } } }",
      sql: [
        'alter sequence "b" owned by none',
        'alter sequence "c" owned by none',
        'alter sequence "a" owned by "t"."x"',
        'alter sequence "b" owned by "t"."y"',
      ],
    },
    {
      name: "changes options and goes on where it stood",
      old: `sequences: { numbers: { cache: 5 } }\n${orders}`,
      seed: "select setval('numbers', 41)",
      new: `sequences: { numbers: { increment: 10, max: 5000, start: 7, cycle: true } }\n${orders}`,
      sql: ['alter sequence "numbers" increment by 10 maxvalue 5000 start with 7 cache 1 cycle'],
      rows: { "insert into orders default values returning no::int4": [{ no: 51 }] },
    },
    {
      name: "makes a sequence count wider and narrower",
      old: "sequences: { a: { type: integer }, b: {} }",
      new: "sequences: { a: { type: bigint }, b: { type: smallint } }",
    },
    {
      name: "takes bounds between which a sequence is, though not where it starts",
      old: "sequences: { numbers: {} }",
      seed: "select setval('numbers', 41)",
      new: "sequences: { numbers: { min: 40, max: 60 } }",
      rows: { "select nextval('numbers')::int4 as n": [{ n: 42 }] },
    },
    {
      name: "refuses bounds beyond which a sequence is",
      old: "sequences: { numbers: {} }",
      seed: "select setval('numbers', 41)",
      new: "sequences: { numbers: { max: 40 } }",
      blocked: ["sequence_out_of_bounds numbers: The sequence numbers stands outside of 1 to 40."],
    },
    {
      name: "leaves a sequence alone that is no longer declared",
      old: "sequences: { numbers: {} }",
      new: "{}",
      steps: [],
      notices: ["numbers"],
      more: true,
    },
    {
      name: "sees no sequence of a serial or an identity column",
      old: "tables: { t: { columns: { a: { type: serial }, b: { type: int, identity: always } } } }",
      new: "tables: { t: { columns: { a: { type: serial }, b: { type: int, identity: always } } } }",
      steps: [],
      notices: [],
    },
    {
      name: "drops a sequence that is declared as removed, after its last default",
      old: `sequences: { numbers: {} }\n${orders}`,
      seed: "insert into orders values (1)",
      new: "removed: { sequences: [numbers] }\ntables: { orders: { columns: { no: { type: bigint } } } }",
      steps: ["Drop the default of orders.no", "Drop the sequence numbers"],
    },
    {
      name: "lets a sequence go along with its table",
      old: `sequences: { numbers: { ownedBy: orders.no } }\n${orders}`,
      seed: "insert into orders values (1)",
      new: "removed: { sequences: [numbers], tables: [orders] }",
      steps: ["Drop the table orders"],
      destroys: { "Drop the table orders": 1 },
      rows: {},
    },
    {
      name: "keeps a sequence whose table goes",
      old: `sequences: { numbers: { ownedBy: orders.no } }\n${orders}`,
      seed: "select setval('numbers', 8)",
      new: "sequences: { numbers: {} }\nremoved: { tables: [orders] }",
      destroys: { "Drop the table orders": 0 },
      rows: { "select last_value::int4 from numbers": [{ last_value: 8 }] },
    },
    {
      name: "never drops a sequence that a default takes from",
      seed: "create sequence numbers; create table other (a int default nextval('numbers'))",
      new: "removed: { sequences: [numbers] }",
      blocked: [
        "still_used numbers: The sequence numbers is declared as removed, and other things rest on it: column other.a.",
      ],
      notices: ["other"],
    },
    {
      name: "makes sequences of the person's own spelling, and in a schema",
      old: "schemas: { shop: {} }",
      new: 'schemas: { shop: {} }\nsequences: { OrderNo: {}, shop.Numbers: { ownedBy: shop.Orders.No } }\ntables: { shop.Orders: { columns: { No: { type: int, default: "nextval(\'shop.\\"Numbers\\"\')" } } } }',
    },
    {
      name: "takes no sequence for another kind of thing",
      seed: "create table numbers (a int)",
      new: "sequences: { numbers: {} }",
      blocked: [
        "name_taken numbers: The sequence numbers is declared, and the database has a table of that name.",
      ],
      notices: ["numbers"],
    },
  ],
  freshDatabase,
);
