/** A type as a declaration names it: its name in Postgres' own spelling, without modifier, and whether it is an array. */
export type ColumnType = { name: string; array: boolean };

const aliases: Readonly<Record<string, string>> = {
  int: "integer",
  int2: "smallint",
  int4: "integer",
  int8: "bigint",
  serial: "integer",
  serial2: "smallint",
  serial4: "integer",
  serial8: "bigint",
  smallserial: "smallint",
  bigserial: "bigint",
  bool: "boolean",
  float: "double precision",
  float4: "real",
  float8: "double precision",
  decimal: "numeric",
  dec: "numeric",
  varchar: "character varying",
  "char varying": "character varying",
  char: "character",
  bpchar: "character",
  varbit: "bit varying",
  timestamptz: "timestamp with time zone",
  timestamp: "timestamp without time zone",
  timetz: "time with time zone",
  time: "time without time zone",
};

const names = [
  ...[
    "smallint",
    "integer",
    "bigint",
    "numeric",
    "real",
    "double precision",
    "money",
    "boolean",
    "uuid",
    "bytea",
  ],
  ...["text", "character varying", "character", "name", "json", "jsonb", "jsonpath", "xml"],
  ...["date", "timestamp with time zone", "timestamp without time zone", "time with time zone"],
  ...["time without time zone", "interval", "inet", "cidr", "macaddr", "macaddr8", "bit", "bit varying"],
  ...["tsvector", "tsquery", "point", "line", "lseg", "box", "path", "polygon", "circle", "pg_lsn", "oid"],
  ...["int4range", "int8range", "numrange", "tsrange", "tstzrange", "daterange"],
  ...[
    "int4multirange",
    "int8multirange",
    "nummultirange",
    "tsmultirange",
    "tstzmultirange",
    "datemultirange",
  ],
];

const known: ReadonlySet<string> = new Set(names);

/** Every built-in type by the names that people write. */
export const builtInTypes: readonly string[] = [...names, ...Object.keys(aliases)];

/** Reads a type as one writes it in SQL: `varchar(20)`, `text[]`. The case of what is declared is kept: `Status`. */
export function readType(text: string): ColumnType {
  const [, element = text, dimensions = ""] = /^([^[\]]*?)((?:\s*\[\d*\])*)$/.exec(text.trim()) ?? [];
  const written = element
    .replace(/\([\d\s,+-]*\)/, " ")
    .replace(/\s+/g, " ")
    .trim();
  const plain = written.toLowerCase();
  const own = Object.hasOwn(aliases, plain) ? (aliases[plain] ?? plain) : plain;
  return { name: known.has(own) ? own : written, array: dimensions !== "" };
}

/** Whether a type's text has the shape of one, so that it can stand in SQL as it is. */
export const isTypeText = (text: string): boolean =>
  /^(?:[a-z_][a-z0-9_]*\.)?[a-z_][a-z0-9_ ]*(?:\(\s*\d+\s*(?:,\s*-?\d+\s*)?\)[a-z ]*)?(?:\s*\[\d*\])*$/i.test(
    text,
  );

/** Whether Postgres has a type by itself. */
export const isBuiltIn = (type: ColumnType): boolean => known.has(type.name);

const families: readonly ReadonlySet<string>[] = [
  new Set(["smallint", "integer", "bigint"]),
  new Set(["text", "character varying", "character", "name"]),
];

/** Whether a column of one type can refer to, and be compared with, a column of the other. */
export const areComparable = (a: ColumnType, b: ColumnType): boolean =>
  a.array === b.array &&
  (a.name === b.name || families.some((family) => family.has(a.name) && family.has(b.name)));
