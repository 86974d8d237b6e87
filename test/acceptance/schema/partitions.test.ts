import { freshDatabase } from "../../services/postgres.ts";
import { runCases } from "./run-cases.ts";

const columns = "at: { type: date, nullable: false }, kind: { type: text }, n: { type: int }";
/** A table that is divided; `rest` is what else it declares. */
const log = (by: string, partitions: string, rest = ""): string =>
  `tables: { log: { columns: { ${columns} }, partitionBy: { ${by} }, partitions: { ${partitions} }${rest} } }\n`;
const range = "range: [at]";
const year = (of: number): string => `log_${of}: { from: "${of}-01-01", to: "${of + 1}-01-01" }`;
const rows = "insert into log values ('2025-05-05', 'a', 1), ('2025-06-06', 'b', 2), ('2026-01-01', 'a', 3)";
const other = "log_other: { default: true }";
const unmanaged = (rest = ""): string => log(range, "managed: false", rest);
const child = (name: string, of: number): string =>
  `create table ${name} partition of log for values from ('${of}-01-01') to ('${of + 1}-01-01');`;
const all = {
  "select kind, n from log order by n": [
    { kind: "a", n: 1 },
    { kind: "b", n: 2 },
    { kind: "a", n: 3 },
  ],
};
/** A divided table, and another that may refer to it. */
const keyed = (partitions: string, key: string): string =>
  `tables: { p: { columns: { id: { type: int, primaryKey: true } }, partitionBy: { list: [id] }, partitions: { ${partitions} } }, c: { columns: { id: { type: int, ${key} } } } }\n`;
const keyedRows = "insert into p values (1), (2); insert into c values (2)";
const keepKey =
  "Keep it; or declare a table of another name, move the rows, and declare the removal of the old one.";

await runCases(
  [
    {
      name: "creates a table by range with its partitions",
      new: log(range, `${year(2025)}, ${year(2026)}`),
      steps: ["Create the table log", "Create the partition log_2025", "Create the partition log_2026"],
    },
    {
      name: "creates a table by list, with null in one, and a default partition",
      new: log(
        "list: [kind]",
        "log_ab: { in: [a, 'b'] }, log_none: { in: [null] }, log_rest: { default: true }",
      ),
    },
    {
      name: "creates a table by hash",
      new: log("hash: [n, kind]", "log_0: { modulus: 2, remainder: 0 }, log_1: { modulus: 2, remainder: 1 }"),
    },
    {
      name: "creates a table by several columns, from the lowest to the highest",
      new: log(
        "range: [n, at]",
        "low: { from: [minvalue, minvalue], to: [0, minvalue] }, mid: { from: [0, minvalue], to: [10, '2026-01-01'] }, high: { from: [10, '2026-01-01'], to: [maxvalue, maxvalue] }",
      ),
    },
    {
      name: "creates a table by an expression",
      new: log("list: [{ expression: lower(kind) }]", "log_a: { in: [a] }, log_other: { default: true }"),
    },
    {
      name: "creates a table by booleans, and by numbers",
      new: `tables:
  flags: { columns: { f: { type: boolean }, n: { type: numeric } }, partitionBy: { list: [f] }, partitions: { yes: { in: [true] }, no: { in: [false], partitionBy: { list: [n] }, partitions: { half: { in: [0.5, 1] } } } } }`,
    },
    {
      name: "creates partitions of partitions, with their own storage",
      new: log(
        range,
        `log_2025: { from: "2025-01-01", to: "2026-01-01", partitionBy: { list: [kind] }, partitions: { log_2025_a: { in: [a], storage: { fillfactor: 70, toast.autovacuum_enabled: false } }, log_2025_rest: { default: true } } }, ${other}`,
      ),
    },
    {
      name: "creates partitions in another schema, with names in mixed case",
      new: `schemas: { archive: {} }\n${log(range, `archive.Log2025: { from: "2025-01-01", to: "2026-01-01" }, ${year(2026)}`)}`,
      rows: {},
    },
    {
      name: "creates a table without partitions",
      new: log(range, ""),
      steps: ["Create the table log"],
    },
    {
      name: "creates keys and indexes on the table, and its partitions have them",
      new: log(
        range,
        `${year(2025)}, ${other}`,
        ", primaryKey: [n, at], unique: [[at, kind]], checks: { positive: n > 0 }, indexes: [{ columns: [kind] }, { columns: [{ expression: lower(kind) }], where: n > 1 }]",
      ),
    },
    {
      name: "creates foreign keys from and to a divided table",
      new: `tables:
  kinds: { columns: { kind: { type: text, primaryKey: true } }, partitionBy: { hash: [kind] }, partitions: { kinds_0: { modulus: 1, remainder: 0 } } }
  log: { columns: { at: { type: date }, kind: { type: text, references: kinds.kind } }, partitionBy: { range: [at] }, partitions: { ${year(2025)} } }
  notes: { columns: { kind: { type: text, references: kinds.kind, onDelete: cascade } } }`,
    },
    {
      name: "adds a partition",
      old: log(range, `${year(2025)}, ${year(2026)}`),
      seed: rows,
      new: log(range, `${year(2025)}, ${year(2026)}, ${year(2027)}`),
      steps: ["Create the partition log_2027"],
      sql: [`create table "log_2027" partition of "log" FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')`],
      rows: all,
    },
    {
      name: "adds a partition beside a default one that has no row of it",
      old: log(range, `${year(2025)}, ${other}`),
      seed: rows,
      new: log(range, `${year(2025)}, ${year(2027)}, ${other}`),
      steps: ["Create the partition log_2027"],
      rows: all,
    },
    {
      name: "adds no partition whose rows the default one has",
      old: log(range, `${year(2026)}, ${other}`),
      seed: rows,
      new: log(range, `${year(2025)}, ${year(2026)}, ${other}`),
      blocked: [
        "default_partition_rows log_2025: 2 rows of the default partition log_other would belong to the new partition log_2025, and Postgres moves none.",
      ],
      wayOut:
        "In one transaction by hand: detach log_other, make log_2025, insert these rows into log and delete them from log_other, and attach it as the default again; then plan again.",
    },
    {
      name: "adds no partition of a list whose row the default one has",
      old: log("list: [kind]", "log_a: { in: [a] }, log_rest: { default: true }"),
      seed: "insert into log values ('2025-01-01', 'b', 1), ('2025-01-01', null, 1)",
      new: log("list: [kind]", "log_a: { in: [a] }, log_b: { in: [b, c] }, log_rest: { default: true }"),
      blocked: [
        "default_partition_rows log_b: 1 row of the default partition log_rest would belong to the new partition log_b, and Postgres moves none.",
      ],
    },
    {
      name: "adds no partition of a partition whose row the default one there has",
      old: log(
        range,
        `log_2025: { from: "2025-01-01", to: "2026-01-01", partitionBy: { list: [kind] }, partitions: { rest: { default: true } } }`,
      ),
      seed: "insert into log values ('2025-05-05', 'a', 1)",
      new: log(
        range,
        `log_2025: { from: "2025-01-01", to: "2026-01-01", partitionBy: { list: [kind] }, partitions: { log_2025_a: { in: [a] }, rest: { default: true } } }`,
      ),
      blocked: [
        "default_partition_rows log_2025_a: 1 row of the default partition rest would belong to the new partition log_2025_a, and Postgres moves none.",
      ],
    },
    {
      name: "adds a default partition",
      old: log(range, `${year(2025)}, ${year(2026)}`),
      seed: rows,
      new: log(range, `${year(2025)}, ${year(2026)}, ${other}`),
      sql: ['create table "log_other" partition of "log" DEFAULT'],
      rows: all,
    },
    {
      name: "leaves a partition alone that is not declared",
      old: log(range, `${year(2025)}, ${year(2026)}`),
      seed: rows,
      new: log(range, year(2026)),
      steps: [],
      notices: ["log_2025"],
      rows: all,
      more: true,
    },
    {
      name: "leaves partitions of a partition alone that is not declared",
      old: log(range, year(2026)),
      seed: `create table log_2025 partition of log for values from ('2025-01-01') to ('2026-01-01') partition by list (kind);
        create table log_2025_a partition of log_2025 for values in ('a')`,
      new: log(range, year(2026)),
      steps: [],
      notices: ["log_2025"],
      more: true,
    },
    {
      name: "drops a partition that is declared as removed, and says how many rows go",
      old: log(range, `${year(2025)}, ${year(2026)}`),
      seed: rows,
      new: `${log(range, year(2026))}removed: { partitions: [log_2025] }`,
      steps: ["Drop the partition log_2025"],
      sql: ['drop table "log_2025"'],
      destroys: { "Drop the partition log_2025": 2 },
      rows: { "select n from log": [{ n: 3 }] },
    },
    {
      name: "drops a partition with the partitions of it",
      old: log(
        range,
        `log_2025: { from: "2025-01-01", to: "2026-01-01", partitionBy: { list: [kind] }, partitions: { rest: { default: true } } }, ${year(2026)}`,
      ),
      seed: rows,
      new: `${log(range, year(2026))}removed: { partitions: [log_2025, rest] }`,
      steps: ["Drop the partition rest", "Drop the partition log_2025"],
      destroys: { "Drop the partition rest": 2, "Drop the partition log_2025": 2 },
      rows: { "select n from log": [{ n: 3 }] },
    },
    {
      name: "drops a partition and makes another for its rows at once",
      old: log(range, `${year(2025)}, ${year(2026)}`),
      seed: rows,
      new: `${log(range, `early: { from: minvalue, to: "2026-01-01" }, ${year(2026)}`)}removed: { partitions: [log_2025] }`,
      steps: ["Drop the partition log_2025", "Create the partition early"],
      destroys: { "Drop the partition log_2025": 2 },
      rows: { "select n from log": [{ n: 3 }] },
    },
    {
      name: "drops no partition that a view shows",
      old: log(range, `${year(2025)}, ${year(2026)}`),
      seed: `${rows}; create view early as select * from log_2025`,
      new: `${log(range, year(2026))}removed: { partitions: [log_2025] }`,
      blocked: [
        "still_used log_2025: The partition log_2025 is declared as removed, and other things rest on it: view early.",
      ],
      notices: ["early"],
    },
    {
      name: "drops no partition to whose table a foreign key leads, and says how to detach it",
      old: keyed("p_1: { in: [1] }, p_2: { in: [2] }", "references: p.id"),
      seed: keyedRows,
      new: `${keyed("p_2: { in: [2] }", "references: p.id")}removed: { partitions: [p_1] }`,
      blocked: [
        "still_used p_1: The partition p_1 is declared as removed, and other things rest on it: constraint c_id_fkey on table c.",
      ],
      wayOut:
        "Delete the rows that refer to it, detach it by hand with the statement, and declare the removal of the table that it is then: removed: { tables: [p_1] }",
    },
    {
      name: "drops what such a partition is once it was detached",
      old: keyed("p_1: { in: [1] }, p_2: { in: [2] }", "references: p.id"),
      seed: `${keyedRows}; alter table p detach partition p_1`,
      new: `${keyed("p_2: { in: [2] }", "references: p.id")}removed: { tables: [p_1] }`,
      destroys: { "Drop the table p_1": 1 },
      rows: { "select id from c": [{ id: 2 }] },
    },
    {
      name: "drops a partition where the foreign key goes that leads to its table",
      old: keyed(
        "p_1: { in: [1], partitionBy: { list: [id] }, partitions: { p_1_1: { in: [1] } } }, p_2: { in: [2] }",
        "references: p.id",
      ),
      seed: keyedRows,
      new: `${keyed("p_2: { in: [2] }", "")}removed: { partitions: [p_1, p_1_1] }`,
      steps: ["Drop the foreign key c_id_fkey of c", "Drop the partition p_1_1", "Drop the partition p_1"],
      destroys: { "Drop the partition p_1_1": 1, "Drop the partition p_1": 1 },
      rows: { "select id from c": [{ id: 2 }] },
    },
    {
      name: "drops a partition where the foreign key is replaced that leads to its table",
      old: keyed(
        "p_1: { in: [1], partitionBy: { list: [id] }, partitions: { p_1_1: { in: [1] } } }, p_2: { in: [2] }",
        "references: p.id",
      ),
      seed: keyedRows,
      new: `${keyed("p_2: { in: [2] }", "references: p.id, onDelete: cascade")}removed: { partitions: [p_1, p_1_1] }`,
      destroys: { "Drop the partition p_1_1": 1, "Drop the partition p_1": 1 },
      rows: { "select id from c": [{ id: 2 }] },
    },
    {
      name: "drops no partition to which a foreign key leads",
      old: keyed("p_1: { in: [1] }, p_2: { in: [2] }", ""),
      seed: "create table other (id int references p_1)",
      new: `${keyed("p_2: { in: [2] }", "")}removed: { partitions: [p_1] }`,
      blocked: [
        "still_used p_1: The partition p_1 is declared as removed, and other things rest on it: constraint other_id_fkey on table other.",
      ],
      wayOut:
        "Drop these yourself first, or declare their removal too. Nothing is dropped along with another thing.",
      notices: ["other"],
    },
    {
      name: "drops a divided table with all of its partitions",
      old: log(range, `${year(2025)}, ${other}`),
      seed: rows,
      new: "removed: { tables: [log] }",
      steps: ["Drop the table log"],
      destroys: { "Drop the table log": 3 },
      rows: {},
    },
    {
      name: "drops a divided table that is numbered, and with it the schema that a partition of a partition is in",
      old: `schemas: { old: {} }
tables:
  p:
    columns: { id: { type: serial }, n: { type: serial } }
    partitionBy: { list: [id] }
    partitions: { p1: { in: [1] }, old.p2: { in: [2], partitionBy: { list: [id] }, partitions: { old.p3: { in: [2] } } } }
  other: { columns: { id: { type: int } } }`,
      seed: "insert into p values (1), (2)",
      new: "tables: { other: { columns: { id: { type: int } } } }\nremoved: { tables: [p], schemas: [old] }",
      steps: ["Drop the table p", "Drop the schema old"],
      destroys: { "Drop the table p": 2 },
      rows: { "select to_regclass('p_id_seq') is null as gone": [{ gone: true }] },
    },
    {
      name: "drops no divided table of which a view shows a partition, nor one to which a key leads",
      old: log(range, `${year(2025)}, ${year(2026)}`, ", unique: [[at]]"),
      seed: `create view shown as select n from log_2025;
        create table dates (at date, constraint dated foreign key (at) references log_2026 (at))`,
      new: "removed: { tables: [log] }",
      blocked: [
        "still_used log: The table log is declared as removed, and other things rest on it: constraint dated on table dates, view shown.",
      ],
      notices: ["dates", "shown"],
    },
    {
      name: "drops a numbered column of a divided table",
      old: log(range, year(2025), "").replace("n: { type: int }", "n: { type: serial }"),
      seed: "insert into log values ('2025-05-05', 'a')",
      new: `${log(range, year(2025)).replace(", n: { type: int }", "")}removed: { columns: { log: [n] } }`,
      steps: ["Drop the column log.n"],
      destroys: { "Drop the column log.n": 1 },
      rows: { "select kind from log": [{ kind: "a" }] },
    },
    {
      name: "does nothing more where a partition that is removed has gone",
      old: log(range, year(2026)),
      new: `${log(range, year(2026))}removed: { partitions: [log_2025] }`,
      steps: [],
    },
    {
      name: "changes no bound of a partition",
      old: log(range, year(2025)),
      seed: "insert into log values ('2025-05-05', 'a', 1)",
      new: log(range, 'log_2025: { from: "2025-01-01", to: "2027-01-01" }'),
      blocked: [
        "partition_bound log_2025: The partition log_2025 is declared as of log FOR VALUES FROM ('2025-01-01') TO ('2027-01-01'), and in the database it is of log FOR VALUES FROM ('2025-01-01') TO ('2026-01-01'). Postgres does not change that.",
      ],
      wayOut:
        "Declare another partition, and the removal of this one with its rows: removed: { partitions: [log_2025] }. To keep the rows, detach it and attach it anew by hand, then plan again; the statement takes it out of log.",
    },
    {
      name: "takes a value out of no list",
      old: log("list: [kind]", "log_a: { in: [a, b] }"),
      new: log("list: [kind]", "log_a: { in: [a] }"),
      blocked: [
        "partition_bound log_a: The partition log_a is declared as of log FOR VALUES IN ('a'), and in the database it is of log FOR VALUES IN ('a', 'b'). Postgres does not change that.",
      ],
    },
    {
      name: "keeps a bound that is spelt in another way",
      old: `tables: { log: { columns: { at: { type: timestamptz }, n: { type: int } }, partitionBy: { range: [at, n] }, partitions: { a: { from: ["2025-01-01 00:00:00+00", 1], to: ["2026-01-01", 2] } } } }`,
      new: `tables: { log: { columns: { at: { type: timestamptz }, n: { type: int } }, partitionBy: { range: [at, n] }, partitions: { a: { from: ["2025-01-01 01:00:00+01", "1"], to: ["2026-01-01T00:00:00Z", 2] } } } }`,
      steps: [],
    },
    {
      name: "moves no partition to another table",
      old: `${log(range, year(2025)).trimEnd().replace(/\}$/, "")}, old: { columns: { ${columns} }, partitionBy: { ${range} } } }`,
      new: `tables: { log: { columns: { ${columns} }, partitionBy: { ${range} } }, old: { columns: { ${columns} }, partitionBy: { ${range} }, partitions: { ${year(2025)} } } }`,
      blocked: [
        "partition_bound log_2025: The partition log_2025 is declared as of old FOR VALUES FROM ('2025-01-01') TO ('2026-01-01'), and in the database it is of log FOR VALUES FROM ('2025-01-01') TO ('2026-01-01'). Postgres does not change that.",
      ],
    },
    {
      name: "divides no table that is not divided",
      old: `tables: { log: { columns: { ${columns} } } }`,
      seed: rows,
      new: log(range, year(2025)),
      blocked: [
        "partition_key log: log is declared as divided by RANGE (at), and in the database it is not divided. Postgres does not change that.",
      ],
      wayOut: keepKey,
    },
    {
      name: "makes no divided table a plain one",
      old: log(range, year(2025)),
      new: `tables: { log: { columns: { ${columns} } } }`,
      blocked: [
        "partition_key log: log is declared as not divided, and in the database it is divided by RANGE (at). Postgres does not change that.",
      ],
      notices: ["log_2025"],
    },
    {
      name: "divides no table by another key",
      old: log(range, ""),
      new: log("list: [kind]", ""),
      blocked: [
        "partition_key log: log is declared as divided by LIST (kind), and in the database it is divided by RANGE (at). Postgres does not change that.",
      ],
    },
    {
      name: "divides no partition that is not divided",
      old: log(range, year(2025)),
      new: log(
        range,
        `log_2025: { from: "2025-01-01", to: "2026-01-01", partitionBy: { list: [kind] }, partitions: {} }`,
      ),
      blocked: [
        "partition_key log_2025: log_2025 is declared as divided by LIST (kind), and in the database it is not divided. Postgres does not change that.",
      ],
    },
    {
      name: "changes the type of no column that a table is divided by",
      old: log(range, year(2025)),
      new: log(range, year(2025)).replace("type: date", "type: timestamp"),
      blocked: [
        "partition_key log.at: The column at of log is to change its type, and log is divided by RANGE (at), which Postgres does not change.",
        "partition_bound log_2025: The partition log_2025 is declared as of log FOR VALUES FROM ('2025-01-01 00:00:00') TO ('2026-01-01 00:00:00'), and in the database it is of log FOR VALUES FROM ('2025-01-01') TO ('2026-01-01'). Postgres does not change that.",
      ],
    },
    {
      name: "drops no column that an expression divides a table by",
      old: log("list: [{ expression: lower(kind) }]", ""),
      new: `${log("list: [n]", "").replace(", kind: { type: text }", "")}removed: { columns: { log: [kind] } }`,
      blocked: [
        "partition_key log: log is declared as divided by LIST (n), and in the database it is divided by LIST (lower(kind)). Postgres does not change that.",
        "partition_key log.kind: The column kind of log is to go, and log is divided by LIST (lower(kind)), which Postgres does not change.",
      ],
      destroys: { "Drop the column log.kind": 0 },
    },
    {
      name: "changes the storage of a partition",
      old: log(
        range,
        'log_2025: { from: "2025-01-01", to: "2026-01-01", storage: { fillfactor: 70, autovacuum_enabled: false } }',
      ),
      new: log(range, 'log_2025: { from: "2025-01-01", to: "2026-01-01", storage: { fillfactor: 80 } }'),
      steps: ["Change the partition log_2025", "Change the partition log_2025"],
      sql: [
        'alter table "log_2025" set (fillfactor = 80)',
        'alter table "log_2025" reset (autovacuum_enabled)',
      ],
    },
    {
      name: "adds columns and keys to a divided table, and its partitions have them",
      old: log(range, `${year(2025)}, ${other}`),
      seed: rows,
      new: log(
        range,
        `${year(2025)}, ${other}`,
        ", indexes: [{ columns: [n] }], checks: { positive: n > 0 }",
      ).replace("n: { type: int }", "n: { type: int }, extra: { type: text, default: { value: x } }"),
      rows: { "select distinct extra from log": [{ extra: "x" }] },
    },
    {
      name: "takes keys and indexes from a divided table",
      old: log(range, `${year(2025)}, ${other}`, ", unique: [[at, n]], indexes: [{ columns: [n] }]"),
      seed: rows,
      new: log(range, `${year(2025)}, ${other}`),
      rows: all,
    },
    {
      name: "renames a divided table and the column that it is divided by",
      old: log(range, year(2025)),
      seed: "insert into log values ('2025-05-05', 'a', 1)",
      new: log("range: [day]", year(2025))
        .replace("log: {", "journal: { renamedFrom: log,")
        .replace(
          "at: { type: date, nullable: false }",
          "day: { type: date, nullable: false, renamedFrom: at }",
        ),
      steps: ["Rename the column log.at to day", "Rename the table log to journal"],
      rows: { "select n from log_2025": [{ n: 1 }] },
    },
    {
      name: "takes a table for no partition, and says how to attach it",
      old: log(range, year(2025)),
      seed: "insert into log values ('2025-05-05', 'a', 1); alter table log detach partition log_2025",
      new: log(range, year(2025)),
      blocked: [
        "name_taken log_2025: The partition log_2025 of log is declared, and the database has a table of that name.",
      ],
      wayOut:
        "If it holds the rows of the partition, attach it by hand with the statement, then plan again; else rename the one or the other.",
      notices: ["log_2025"],
    },
    {
      name: "takes a view for no partition",
      old: log(range, ""),
      seed: "create view log_2025 as select 1 as one",
      new: log(range, year(2025)),
      blocked: [
        "name_taken log_2025: The partition log_2025 of log is declared, and the database has a view of that name.",
      ],
      notices: ["log_2025"],
    },
    {
      name: "takes a partition for no table",
      old: log(range, year(2025)),
      new: `${log(range, "").trimEnd().replace(/\}$/, "")}, log_2025: { columns: { a: { type: int } } } }`,
      blocked: [
        "name_taken log_2025: The table log_2025 is declared, and the database has a partition of that name.",
      ],
      notices: ["log_2025"],
    },
    {
      name: "takes a table that was attached by hand for the partition that is declared",
      old: log(range, "", ", indexes: [{ columns: [n] }], checks: { positive: n > 0 }"),
      seed: `create table log_2025 (n int, at date not null, kind text, constraint positive check (n > 0));
        create index log_2025_n_idx on log_2025 (n);
        alter table log attach partition log_2025 for values from ('2025-01-01') to ('2026-01-01')`,
      new: log(range, year(2025), ", indexes: [{ columns: [n] }], checks: { positive: n > 0 }"),
      steps: [],
      more: true,
    },
    {
      name: "makes a key anew of which a partition was given no part",
      old: "tables: { t: { columns: { id: { type: int, nullable: false }, a: { type: int } }, partitionBy: { range: [id] }, partitions: { t_1: { from: 0, to: 10 } } } }",
      seed: `insert into t values (1, 2);
        alter table only t add constraint t_pkey primary key (id);`,
      new: "tables: { t: { columns: { id: { type: int, primaryKey: true }, a: { type: int } }, partitionBy: { range: [id] }, partitions: { t_1: { from: 0, to: 10 } } } }",
      steps: ["Drop the primary key t_pkey of t", "Add the primary key t_pkey to t"],
    },
    {
      name: "reports what only a partition has, and leaves it alone",
      old: log(range, `${year(2025)}, ${year(2026)}`, ", indexes: [{ columns: [n] }], primaryKey: [n, at]"),
      seed: `alter table log_2025 add constraint own check (n < 100); create index own_idx on log_2025 (kind);
        alter table log_2025 alter kind set default 'x', alter kind set not null; create policy p on log_2025 using (true);
        alter table log_2026 enable row level security;
        create function t() returns trigger language plpgsql as 'begin return new; end';
        create trigger touch before update on log_2026 for each row execute function t()`,
      new: log(range, `${year(2025)}, ${year(2026)}`, ", indexes: [{ columns: [n] }], primaryKey: [n, at]"),
      steps: [],
      notices: [
        "t()",
        "log_2025.kind",
        "log_2025.own",
        "log_2025.own_idx",
        "log_2025.p",
        "log_2026",
        "log_2026.touch",
      ],
      more: true,
    },
    {
      name: "reports tables that inherit",
      old: `tables: { parent: { columns: { a: { type: int } } } }`,
      seed: "create table child (b int) inherits (parent); insert into child values (1, 2)",
      new: `tables: { parent: { columns: { a: { type: int } } } }`,
      steps: [],
      notices: ["child", "child from parent"],
      more: true,
    },
    {
      name: "creates a table whose partitions a job makes",
      new: unmanaged(),
      steps: ["Create the table log"],
    },
    {
      name: "looks at no partition that a job made in the meantime, nor at what is on it",
      old: unmanaged(),
      seed: `${child("log_2025", 2025)} ${child("log_2026", 2026)} create table log_rest partition of log default partition by hash (n);
        create table log_rest_0 partition of log_rest for values with (modulus 1, remainder 0);
        create index own on log_2025 (n); create policy p on log_2025 using (true); ${rows}`,
      new: unmanaged(),
      steps: [],
      more: true,
    },
    {
      name: "changes a table whose partitions a job makes, and these along with it",
      old: unmanaged(),
      seed: `${child("log_2025", 2025)} ${child("log_2026", 2026)} ${rows}`,
      new: unmanaged(", indexes: [{ columns: [n] }]").replace(
        "n: { type: int }",
        "n: { type: bigint }, extra: { type: int, default: 7 }",
      ),
      rows: {
        "select extra, n::text from log_2026": [{ extra: 7, n: "3" }],
        "select count(*)::int as n from pg_inherits where inhparent = 'log_n_idx'::regclass": [{ n: 2 }],
      },
      more: true,
    },
    {
      name: "lets a job make the partitions of one partition only",
      old: log(
        range,
        `log_2025: { from: "2025-01-01", to: "2026-01-01", partitionBy: { list: [kind] }, partitions: { managed: false } }, ${year(2026)}`,
      ),
      seed: "create table log_2025_a partition of log_2025 for values in ('a')",
      new: log(
        range,
        `log_2025: { from: "2025-01-01", to: "2026-01-01", partitionBy: { list: [kind] }, partitions: { managed: false } }, ${year(2026)}, ${year(2027)}`,
      ),
      steps: ["Create the partition log_2027"],
      more: true,
    },
    {
      name: "hands partitions over to a job, and drops none of them",
      old: log(range, `${year(2025)}, ${year(2026)}`),
      seed: rows,
      new: unmanaged(),
      steps: [],
      rows: all,
      more: true,
    },
    {
      name: "takes partitions over from a job",
      old: unmanaged(),
      seed: `${child("log_2025", 2025)} ${child("log_2026", 2026)} ${rows}`,
      new: log(range, `${year(2025)}, ${year(2026)}, ${year(2027)}`),
      steps: ["Create the partition log_2027"],
      rows: all,
    },
    {
      name: "guards the rows of a divided table",
      old: log(range, year(2025)),
      seed: "insert into log values ('2025-05-05', 'a', 1)",
      new: log(range, year(2025), ", rowSecurity: { policies: { mine: { using: kind = current_user } } }"),
      steps: ["Create the policy mine of log", "Enable row security of log"],
    },
    {
      name: "comments on a partition",
      old: log(range, year(2025)),
      new: log(range, `log_2025: { from: "2025-01-01", to: "2026-01-01", comment: "It's the first year" }`),
    },
  ],
  freshDatabase,
);
