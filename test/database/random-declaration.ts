import type { ColumnDeclaration } from "../../schema/columns.ts";
import type { SchemaFile } from "../../schema/schema-file.ts";
import type { TableDeclaration } from "../../schema/tables.ts";
import { type Choices, choosing } from "./random-choices.ts";

export const tableNames = ["p", "q", "Mixed", "audit.log"] as const;

const values = ["best", "good", "fair", "bad"];
/** What a column of one letter may be, from the simplest; the rows that are there fit every type of one letter. */
const types: Readonly<Record<string, readonly string[]>> = {
  a: ["integer", "bigint", "numeric(12,2)"],
  b: ["text", "varchar(40)", "varchar(60)"],
  c: ["mood"],
  d: ["price"],
  e: ["Place"],
  f: ["int4range"],
  h: ["integer"],
  i: ["audit.level[]", "text[]"],
  j: ["timestamptz", "timestamptz(3)"],
  k: ["integer", "bigint"],
  l: ["jsonb"],
};

const needs: Readonly<Record<string, keyof SchemaFile>> = { c: "enums", d: "domains", e: "composites" };

/** Writes a declaration of every kind of object, as the choices say. What one of them needs that is not there, it is not. */
export function declarationOf(choices: Choices): SchemaFile {
  const { chance, pick } = choosing(choices);
  const commented = (key: string): { comment?: string } =>
    pick<{ comment?: string }>(`${key}.comment`, [{}, {}, { comment: "One." }, { comment: "Another's." }]);
  const file: SchemaFile = {
    schemas: { audit: commented("audit") },
    enums: {
      mood: {
        values: values.filter((value) => value === "good" || chance(`mood.${value}`, 0.5)),
        ...commented("mood"),
      },
      "audit.level": ["low", ...(chance("level.mid", 0.5) ? ["mid"] : []), "high"],
    },
    domains: chance("price", 0.7)
      ? {
          price: {
            type: "numeric",
            ...pick("price.says", [{}, { check: "value >= 0" }, { check: "value > -1" }, { default: "7" }]),
            ...commented("price"),
          },
        }
      : {},
    composites: chance("Place", 0.6)
      ? { Place: { attributes: { x: "integer", ...(chance("Place.y", 0.5) ? { y: "text" } : {}) } } }
      : {},
    sequences: chance("ticket", 0.6)
      ? {
          ticket: pick("ticket.says", [
            {},
            { increment: 5 },
            { start: 100, cache: 3 },
            { max: 999_999, cycle: true },
          ]),
        }
      : {},
    functions: {
      ...(chance("twice", 0.7)
        ? {
            twice: {
              sql: `create function twice(i integer) returns integer language sql immutable as $$ select ${pick("twice.body", ["i * 2", "i + i", "2 * i"])} $$`,
              ...commented("twice"),
            },
          }
        : {}),
      ...(chance("audit.stamp", 0.6)
        ? {
            "audit.stamp": {
              sql: `create function audit.stamp() returns trigger language plpgsql as $$ begin return ${pick("stamp.body", ["new", "coalesce(new, old)"])}; end $$`,
            },
          }
        : {}),
    },
  };
  const names = tableNames.filter((name) => chance(name, 0.75));
  const tables = names.map((name) => [name, tableOf(name, names, file, choices)] as const);
  file.tables = Object.fromEntries(tables);
  if (chance("events", 0.6)) file.tables.events = divided(choices);
  Object.assign(file, viewsOf(file, choices));
  for (const section of [
    "domains",
    "composites",
    "sequences",
    "functions",
    "views",
    "materializedViews",
  ] as const)
    if (Object.keys(file[section] ?? {}).length === 0) delete file[section];
  return file;
}

function tableOf(
  name: string,
  tables: readonly string[],
  file: SchemaFile,
  choices: Choices,
): TableDeclaration {
  const { chance, pick } = choosing(choices);
  const of = (key: string): string => `${name}.${key}`;
  const columns: Record<string, ColumnDeclaration> = {
    id: {
      type: pick(of("id.type"), ["integer", "bigint"]),
      primaryKey: true,
      ...pick(of("id.identity"), [
        {},
        {},
        { identity: "by default" as const },
        { identity: "always" as const },
      ]),
    },
  };
  for (const [column, [first = "text", ...more]] of Object.entries(types)) {
    const section = needs[column];
    if (section !== undefined && Object.keys(file[section] ?? {}).length === 0) continue;
    if (!chance(of(column), 0.5)) continue;
    columns[column] = {
      type: pick(of(`${column}.type`), [first, ...more]),
      ...defaultOf(column, of(column), file, choices),
      ...(column === "b"
        ? pick(of("b.more"), [{}, {}, { collation: "C" }, { compression: "pglz" as const }])
        : {}),
      ...(column === "l"
        ? pick(of("l.more"), [{}, { storage: "external" as const }, { statistics: 50 }])
        : {}),
    };
  }
  const declared = (column: string): boolean => columns[column] !== undefined;
  if (declared("a") && chance(of("g"), 0.4))
    columns.g = { type: "bigint", generated: pick(of("g.says"), ["a * 2", "a + 1", "(a::bigint)"]) };
  if (declared("h")) {
    const target = pick(of("h.to"), [name, ...tables]);
    if (chance(of("h.references"), 0.6))
      Object.assign(columns.h ?? {}, {
        references: `${target}.id`,
        onDelete: pick(of("h.onDelete"), ["no action", "cascade", "set null"]),
      });
  }
  const check = (key: string, expression: string, where: boolean): [string, string][] =>
    where && chance(of(key), 0.5) ? [[key, expression]] : [];
  const local = name.replace(/.*\./, "").toLowerCase();
  const checks = [
    ...check(
      `${local}_small`,
      pick(of("small.says"), ["a < 1000", "a between -9 and 99999", "a <> 13"]),
      declared("a"),
    ),
    ...check(
      `${local}_called`,
      "twice(k::integer) > -100",
      declared("k") && file.functions?.twice !== undefined,
    ),
    ...check(`${local}_mood`, "c in ('good', 'bad')", declared("c") && hasValue(file, "bad")),
  ];
  const unique = ["a", "b"].flatMap((column) =>
    declared(column) && chance(of(`${column}.unique`), 0.4)
      ? [
          {
            columns: [column],
            ...pick(of(`${column}.unique.says`), [
              {},
              { nullsNotDistinct: true },
              { deferrable: "deferrable" as const },
              { deferrable: "initially deferred" as const, nullsNotDistinct: true },
            ]),
          },
        ]
      : [],
  );
  const exclusions =
    declared("f") && chance(of("f.excludes"), 0.5)
      ? [{ elements: [{ column: "f", with: "&&" }], ...pick(of("f.where"), [{}, { where: "id > 0" }]) }]
      : [];
  return {
    columns,
    ...(checks.length === 0 ? {} : { checks: Object.fromEntries(checks) }),
    ...(unique.length === 0 ? {} : { unique }),
    ...(exclusions.length === 0 ? {} : { exclusions }),
    indexes: indexesOf(columns, of, choices),
    ...(file.functions?.["audit.stamp"] !== undefined && chance(of("trigger"), 0.5)
      ? {
          triggers: {
            stamped: {
              ...pick(of("trigger.when"), [
                { before: ["insert" as const] },
                { before: ["insert" as const, "update" as const] },
                { after: ["update" as const], when: "old.id <> new.id" },
              ]),
              execute: "audit.stamp()",
            },
          },
        }
      : {}),
    ...pick(of("rowSecurity"), [
      {},
      {},
      { rowSecurity: { policies: { few: { using: "id > 0" } } } },
      {
        rowSecurity: {
          forced: true,
          policies: { few: { using: "id > 1", for: "select" as const }, all: { check: "id < 99" } },
        },
      },
    ]),
    ...pick(of("storage"), [
      {},
      {},
      { storage: { fillfactor: 70 } },
      { storage: { autovacuum_enabled: false, fillfactor: 80 } },
    ]),
    ...pick(of("comment"), [{}, {}, { comment: "Rows." }, { comment: "Rows; 'quoted'." }]),
  };
}

const hasValue = ({ enums }: SchemaFile, value: string): boolean => {
  const mood = enums?.mood ?? [];
  return (Array.isArray(mood) ? mood : mood.values).includes(value);
};

function defaultOf(
  column: string,
  key: string,
  file: SchemaFile,
  choices: Choices,
): Pick<ColumnDeclaration, "default" | "nullable" | "comment"> {
  const { chance, pick } = choosing(choices);
  const expressions: Readonly<Record<string, readonly string[]>> = {
    a: ["7", "1 + 1"],
    b: ["'a'", "lower('B')"],
    c: ["good", ...(hasValue(file, "bad") ? ["bad"] : [])],
    d: ["1.5"],
    i: ["'{}'"],
    j: ["now()", "'2026-01-01 00:00:00+00'"],
    k: [
      "5",
      ...(file.functions?.twice === undefined ? [] : ["twice(4)"]),
      ...(file.sequences?.ticket === undefined ? [] : ["nextval('ticket')"]),
    ],
    l: ["'{}'"],
  };
  const [first, ...more] = expressions[column] ?? [];
  const isKey = choices[`${key}.unique`] !== undefined && (choices[`${key}.unique`] ?? 0) >= 0.6;
  const value =
    !isKey && first !== undefined && chance(`${key}.default`, 0.5)
      ? pick(`${key}.default.says`, [first, ...more])
      : undefined;
  return {
    ...(value === undefined
      ? {}
      : { default: value, ...(chance(`${key}.filled`, 0.4) ? { nullable: false } : {}) }),
    ...pick(`${key}.comment`, [{}, {}, {}, { comment: "A column." }]),
  };
}

function indexesOf(
  columns: Readonly<Record<string, ColumnDeclaration>>,
  of: (key: string) => string,
  choices: Choices,
): NonNullable<TableDeclaration["indexes"]> {
  const { chance, pick } = choosing(choices);
  const forms: Readonly<Record<string, NonNullable<TableDeclaration["indexes"]>>> = {
    a: [
      { columns: ["a"] },
      { columns: [{ column: "a", direction: "desc" }], where: "a > 0" },
      { columns: ["a", "id"], storage: { fillfactor: 60 } },
      { columns: ["a"], method: "brin" },
    ],
    b: [
      { columns: ["b"] },
      { columns: [{ column: "b", opclass: "text_pattern_ops" }], include: ["id"] },
      { columns: [{ expression: "lower(b)" }] },
      { columns: ["b"], method: "hash", comment: "By b." },
    ],
    c: [{ columns: ["c"] }, { columns: ["id"], where: "c = 'good'" }],
    f: [{ columns: ["f"], method: "gist" }, { columns: ["f"] }],
    l: [
      { columns: ["l"], method: "gin" },
      { columns: [{ column: "l", opclass: "jsonb_path_ops" }], method: "gin" },
    ],
  };
  return Object.entries(forms).flatMap(([column, [first, ...more]]) =>
    columns[column] !== undefined && first !== undefined && chance(of(`${column}.index`), 0.35)
      ? [pick(of(`${column}.index.says`), [first, ...more])]
      : [],
  );
}

function divided(choices: Choices): TableDeclaration {
  const { chance, pick } = choosing(choices);
  const year = (of: number) => ({ from: `${of}-01-01`, to: `${of + 1}-01-01` });
  return {
    columns: {
      day: { type: "date", nullable: false },
      n: { type: pick("events.n", ["integer", "bigint"]) },
      ...(chance("events.m", 0.5) ? { m: { type: "text" } } : {}),
    },
    partitionBy: { range: ["day"] },
    partitions: {
      events_2026: { ...year(2026), ...pick("events_2026.storage", [{}, { storage: { fillfactor: 90 } }]) },
      ...(chance("events_2027", 0.5) ? { events_2027: year(2027) } : {}),
      ...(chance("audit.events_2028", 0.5) ? { "audit.events_2028": year(2028) } : {}),
    },
    ...(chance("events.index", 0.5) ? { indexes: [{ columns: ["n"] }] } : {}),
    ...(chance("events.unique", 0.4) ? { unique: [["day", "n"]] } : {}),
  };
}

/** A view on a table, one on that, and a materialized one. */
function viewsOf(
  { tables = {}, functions = {} }: SchemaFile,
  choices: Choices,
): Pick<SchemaFile, "views" | "materializedViews"> {
  const { chance, pick } = choosing(choices);
  const selecting = (table: string): string | undefined => {
    const columns = tables[table]?.columns;
    if (columns === undefined) return undefined;
    const shown = Object.keys(columns).filter(
      (column) => column === "id" || chance(`view.${table}.${column}`, 0.5),
    );
    const from = table
      .split(".")
      .map((part) => `"${part}"`)
      .join(".");
    return `select ${shown.join(", ")} from ${from}${pick(`view.${table}.where`, ["", " where id > 0"])}`;
  };
  const views: NonNullable<SchemaFile["views"]> = {};
  const [ofP, ofLog, ofMixed] = [selecting("p"), selecting("audit.log"), selecting("Mixed")];
  if (ofP !== undefined && chance("first", 0.6))
    views.first = { sql: ofP, ...pick("first.says", [{}, { securityBarrier: true }, { comment: "P." }]) };
  if (views.first !== undefined && chance("audit.second", 0.6))
    views["audit.second"] = {
      sql: `select id${functions.twice === undefined ? "" : ", public.twice(id::integer) as double"} from public.first`,
    };
  if (ofMixed !== undefined && chance("row_of", 0.3)) views.row_of = { sql: 'select m from "Mixed" m' };
  const materializedViews: NonNullable<SchemaFile["materializedViews"]> = {};
  if (ofLog !== undefined && chance("kept", 0.6))
    materializedViews.kept = {
      sql: ofLog,
      ...pick("kept.says", [
        {},
        { indexes: [{ columns: ["id"], unique: true }] },
        { storage: { fillfactor: 50 } },
      ]),
    };
  return { views, materializedViews };
}
