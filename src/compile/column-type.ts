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
  ...["oidvector", "int2vector", "xid", "xid8", "cid", "tid", "pg_snapshot", "txid_snapshot", "refcursor"],
  ...["regclass", "regcollation", "regconfig", "regdictionary", "regnamespace", "regoper", "regoperator"],
  ...["regproc", "regprocedure", "regrole", "regtype", "aclitem", "gtsvector", '"char"'],
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

const field = "(?:year|month|day|hour|minute|second)";
/** Which parts of an interval are kept (PostgreSQL documentation, 8.5). */
const fields = new RegExp(`^(interval) ${field}(?: to ${field})?$`, "i");

/** Reads a type as one writes it in SQL: `varchar(20)`, `text[]`. The case of what is declared is kept: `Status`. */
export function readType(text: string): ColumnType {
  const [, element = text, dimensions = ""] = /^([^[\]]*?)((?:\s*\[\d*\])*)$/.exec(text.trim()) ?? [];
  const written = element
    .replace(/\(\s*-?\w+(?:\s*,\s*-?\w+)*\s*\)/, " ")
    .replace(/\s+/g, " ")
    .trim()
    .replace(fields, "$1");
  const plain = written.toLowerCase();
  const own = Object.hasOwn(aliases, plain) ? (aliases[plain] ?? plain) : plain;
  return { name: known.has(own) ? own : written, array: dimensions !== "" };
}

const modifier = String.raw`\(\s*-?\w+(?:\s*,\s*-?\w+)*\s*\)`;
const dimensions = String.raw`(?:\s*\[\d*\])*`;
const oneName = new RegExp(
  String.raw`^(?:(?:[a-z_][\w-]*|"[^"]+")\.)?(?:[a-z_]\w*|"[^"]+")(?:\s*${modifier})?${dimensions}$`,
  "i",
);
const words = new RegExp(`^[a-z][a-z ]*(?:${modifier}[a-z ]*)?${dimensions}$`, "i");

/** Whether a type's text has the shape of one, so that it can stand in SQL as it is. Only Postgres' own have words. */
export const isTypeText = (text: string): boolean =>
  oneName.test(text) || (words.test(text) && isBuiltIn(readType(text)));

/** Whether Postgres has a type by itself. */
export const isBuiltIn = (type: ColumnType): boolean => known.has(type.name);
