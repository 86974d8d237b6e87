import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DeclaredSchema } from "../../schema/declared.ts";
import type { Manifest } from "../../schema/manifest.ts";
import { type FreshDatabase, freshDatabase } from "../services/postgres.ts";
import { manifestOf } from "./manifest.ts";
import { execute, type Served, serve, untilReady } from "./serve.ts";
import { table } from "./table/world.ts";

/** SQL of values of each type: the usual ones, and those at the edges of what it holds. */
const samples: Readonly<Record<string, readonly string[]>> = {
  boolean: ["true", "false"],
  smallint: ["-32768", "32767", "0"],
  integer: ["-2147483648", "2147483647"],
  bigint: ["-9223372036854775808", "9007199254740993", "9223372036854775807"],
  numeric: ["'9007199254740993.10'", "'1e400'", "'-1e-400'", "'NaN'", "'-Infinity'", "'0.00'", "'1.10'"],
  "numeric(30,10)": ["'12345678901234567890.0123456789'", "'-0.0000000001'"],
  real: ["'1e-45'", "'3.4028235e38'", "'-0'", "'NaN'", "'Infinity'", "0.1"],
  "double precision": ["'5e-324'", "'1.7976931348623157e308'", "'-0'", "'-Infinity'", "'1e21'", "0.1"],
  money: ["'$1,234.56'", "'-$0.01'"],
  text: [`''`, `'NULL'`, `E'it\\'s "so" \\\\ {a,b} \\n ä😀'`],
  "character varying(20)": [`'a'`, `' b '`],
  "character(5)": [`'ab'`, `'     '`],
  name: [`'x'`, "repeat('n', 63)"],
  '"char"': [`'a'`, `''`, `'"'`],
  uuid: ["'00000000-0000-4000-8000-00000000000a'"],
  bytea: [`'\\x'`, `'\\x00ff5c22'`],
  json: [
    `'{"b": 1,  "a": {"2": [1.10, 1e400], "1": null}, "a": 12345678901234567890}'`,
    `'"x\\u0041"'`,
    "'[]'",
    "'1.0'",
    "'-0'",
    `'[[1], [null]]'`,
    `'{"__proto__": "}\\\\\\"]"}'`,
  ],
  jsonb: [`'{"b": 9007199254740993, "a": [1.10, 1e400, 0.1, null]}'`, `'"null"'`, "'[[1], 2]'", "'1e-400'"],
  xml: ["'<a>&amp;</a>'"],
  date: [
    "'0044-03-15 BC'",
    "'4714-11-24 BC'",
    "'5874897-12-31'",
    "'infinity'",
    "'0001-02-28'",
    "'0005-02-29 BC'",
  ],
  "time without time zone": ["'24:00:00'", "'23:59:59.999999'", "'00:00'"],
  "time with time zone": ["'24:00:00+00'", "'12:00:00+05:30:15'", "'00:00:00.5-15:59:59'"],
  "timestamp without time zone": [
    "'0044-03-15 12:00 BC'",
    "'294276-12-31 23:59:59.999999'",
    "'-infinity'",
    "'2026-11-21 02:19:42.1'",
  ],
  "timestamp with time zone": [
    "'0044-03-15 12:00+00 BC'",
    "'294276-12-31 23:59:59.999999Z'",
    "'infinity'",
    "'2026-11-21 02:19Z'",
  ],
  interval: ["'1 year -2 months 3 days -04:05:06.789'", "'0'", "'178000000 years'"],
  inet: ["'10.0.0.1/8'", "'::1'"],
  cidr: ["'10.0.0.0/8'"],
  macaddr: ["'08:00:2b:01:02:03'"],
  "bit(3)": ["B'101'"],
  "bit varying(5)": ["B''", "B'10101'"],
  oid: ["4294967295"],
  point: ["'(1.5,-2)'"],
  line: ["'{1,-1,0}'"],
  lseg: ["'[(0,0),(1,1)]'"],
  box: ["'(2,2),(1,1)'"],
  path: ["'((0,0),(1,1))'", "'[(0,0),(1,1)]'"],
  polygon: ["'((0,0),(1,1),(1,0))'"],
  circle: ["'<(1,1),2>'"],
  tsvector: [`$$'it''s':1A,3 b:2$$`],
  tsquery: ["$$'a' & !'b'$$"],
  jsonpath: [`'$.a[*] ? (@ > 1)'`],
  pg_lsn: ["'16/B374D848'"],
  int4range: ["'[1,5)'", "'empty'", "'(,)'"],
  numrange: ["'[9007199254740993.10,)'"],
  tsrange: ["'[2026-01-01 00:00,infinity)'"],
  tstzrange: ["'[2026-01-01 00:00:00.5Z,2026-01-02Z)'", "'[0044-03-15 12:00+00 BC,)'"],
  daterange: ["'[0044-03-15 BC,2026-01-01)'"],
  tstzmultirange: ["'{[2026-01-01 00:00Z,2026-01-02Z),[2027-01-01 00:00Z,)}'"],
  int8multirange: ["'{[1,9007199254740993)}'"],
  citext: ["'Ab'"],
  hstore: [`'a=>"b,}", c=>NULL'`],
  mood: [`'it''s "so"'`, `'A,B'`],
  pair: [`row(9007199254740993, 'x,"y"')`, "row(null, '')"],
  floatrange: ["'[1.5,2.5)'"],
};

const random = (digits: number): string =>
  Array.from({ length: digits }, () => Math.floor(Math.random() * 10)).join("");
const randomNumeric = (): string => `'${Math.random() < 0.5 ? "-" : ""}${random(25)}.${random(12)}'`;

type Sample = { readonly column: string; readonly type: string; readonly values: readonly string[] };

const scalars: readonly Sample[] = Object.entries(samples).map(([type, values], index) => ({
  column: `c${index}`,
  type,
  values: type === "numeric" ? [...values, ...Array.from({ length: 5 }, randomNumeric)] : values,
}));
const columns: readonly Sample[] = scalars.flatMap(({ column, type, values }) => {
  const arrays = (of: string): string[] => [
    `array[${values.map((value) => `(${value})::${type}`).join(", ")}, null]::${of}[]`,
    `'{}'::${of}[]`,
  ];
  return [
    { column, type, values },
    { column: `${column}_list`, type: `${type}[]`, values: arrays(type) },
    { column: `${column}_domain`, type: `d_${column}`, values: values.map((value) => `(${value})::${type}`) },
    { column: `${column}_domains`, type: `d_${column}[]`, values: arrays(`d_${column}`) },
  ];
});
const rowCount = Math.max(...columns.map(({ values }) => values.length));

const sql = `
  create extension citext; create extension hstore;
  create type mood as enum ('it''s "so"', 'A,B');
  create type pair as (n bigint, t text);
  create type floatrange as range (subtype = float8);
  ${scalars.map(({ column, type }) => `create domain d_${column} as ${type};`).join("\n")}
  create domain nested as d_c4; create domain listed as integer[];
  ${["originals", "copies"]
    .map(
      (name) =>
        `create table ${name} (id integer unique, matrix integer[], nested nested, listed listed, lists listed[], ${columns
          .map(({ column, type }) => `${column} ${type}`)
          .join(", ")});`,
    )
    .join("\n")}
  ${Array.from(
    { length: rowCount },
    (_, row) =>
      `insert into originals values (${row}, '{{1,null},{2,3}}', 1.10, '{1,2}', '{"{1,NULL,3}","{}",NULL}', ${columns
        .map(({ type, values }) => `(${values[row] ?? "null"})::${type}`)
        .join(", ")});`,
  ).join("\n")}`;

const bases = new Map(scalars.map(({ column, type }) => [`d_${column}`, type]));
const schema: DeclaredSchema = {
  enums: { mood: [`it's "so"`, "A,B"] },
  domains: { ...Object.fromEntries(bases), nested: "numeric", listed: "integer[]" },
  tables: Object.fromEntries(
    ["originals", "copies"].map((name) => [
      name,
      table({
        id: "integer",
        matrix: "integer[]",
        nested: "nested",
        listed: "listed",
        lists: "listed[]",
        ...Object.fromEntries(columns.map(({ column, type }) => [column, type])),
      }),
    ]),
  ),
};
const names = Object.keys(schema.tables.originals?.columns ?? {});

const echo = (type: string): Manifest["logic"][string] => ({
  kind: "sql",
  access: "public",
  params: { v: { type, nullable: true } },
  connection: "main",
  returns: "value",
  statements: [
    {
      sql: `select ($1::${type}) as v`,
      bindings: [{ from: "param", name: "v" }],
      types: [type],
      result: [{ name: "v", type }],
    },
  ],
});

let database: FreshDatabase;
let served: Served;
beforeAll(async () => {
  database = await freshDatabase();
  await execute(database.url, sql);
  const all = { public: { columns: names } };
  const write = { public: { columns: names, set: {} } };
  served = await serve(
    {
      url: database.url,
      environment: { STK_DISABLE_AUTH: "true" },
      manifest: manifestOf({
        schema: { main: schema },
        permissions: {
          main: { originals: { select: all }, copies: { select: all, insert: write, update: write } },
        },
        logic: Object.fromEntries(columns.map(({ column, type }) => [`echo/${column}`, echo(type)])),
        server: {
          ...manifestOf().server,
          limits: {
            ...manifestOf().server.limits,
            bodyBytes: 10_000_000,
            depth: 20,
            timeMs: 20_000,
            concurrency: 500,
          },
        },
      }),
    },
    afterAll,
  );
  await untilReady(served);
});
afterAll(() => database?.drop());

/** The data of an answer as the text that it is: a test that parses it would lose what it is to find. */
async function textOf(path: string, params: string): Promise<string> {
  const response = await fetch(`${served.url}/call`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: `{"path":${JSON.stringify(path)},"params":${params}}`,
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${path}: ${text.slice(0, 500)}`);
  return text.slice('{"data":'.length, -1);
}

/** The columns in which the copies differ from the originals. */
async function changed(): Promise<unknown[]> {
  const compared = names.map(
    (name) => `select '${name}' as name, o.${name}::text as was, c.${name}::text as became
      from originals o join copies c using (id) where o.${name}::text is distinct from c.${name}::text`,
  );
  const { rows } = await execute(database.url, compared.join(" union all "));
  return rows.map((row) => ({ ...row, type: columns.find(({ column }) => column === row.name)?.type }));
}

const select = (id?: number): Promise<string> =>
  textOf("db/main/originals/select", `{"where":{"id":{"gte":${id ?? 0},"lte":${id ?? 1_000}}}}`);

describe("a value of any type, an array of it, a domain over it and an array of that", () => {
  it("is written back as it was read: many rows of one insert", async () => {
    await execute(database.url, "truncate copies");
    await textOf("db/main/copies/insert", `{"values":${await select()},"columns":["id"]}`);
    expect(await changed()).toEqual([]);
  });

  it("is written back as it was read: one row, and by an update", async () => {
    await execute(database.url, "truncate copies");
    for (let id = 0; id < rowCount; id += 1) {
      const [row = ""] = [(await select(id)).slice(1, -1)];
      await textOf("db/main/copies/insert", id % 2 === 0 ? `{"values":${row}}` : `{"values":[${row}]}`);
    }
    expect(await changed()).toEqual([]);
    await execute(
      database.url,
      `update copies set ${columns.map(({ column }) => `${column} = null`).join(", ")}`,
    );
    for (let id = 0; id < rowCount; id += 1)
      await textOf(
        "db/main/copies/update",
        `{"where":{"id":${id}},"set":${(await select(id)).slice(1, -1)}}`,
      );
    expect(await changed()).toEqual([]);
  });

  it("goes through SQL logic, as a parameter and a result", { timeout: 60_000 }, async () => {
    const others: unknown[] = [];
    const echoOf = async ({ column, type }: Sample, id: number): Promise<void> => {
      const read = await textOf("db/main/originals/select", `{"where":{"id":${id}},"columns":["${column}"]}`);
      const value = read.slice(`[{"${column}":`.length, -2);
      const echoed = await textOf(`echo/${column}`, `{"v":${value}}`).catch(String);
      if (echoed !== value) others.push({ type, value, echoed });
    };
    for (let id = 0; id < rowCount; id += 1)
      await Promise.all(columns.filter(({ values }) => id < values.length).map((one) => echoOf(one, id)));
    expect(others).toEqual([]);
  });
});
