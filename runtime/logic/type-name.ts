const spellings: ReadonlyMap<string, string> = new Map([
  ["int", "integer"],
  ["int2", "smallint"],
  ["int4", "integer"],
  ["int8", "bigint"],
  ["bool", "boolean"],
  ["float", "double precision"],
  ["float4", "real"],
  ["float8", "double precision"],
  ["decimal", "numeric"],
  ["dec", "numeric"],
  ["varchar", "character varying"],
  ["char varying", "character varying"],
  ["char", "character"],
  ["bpchar", "character"],
  ["varbit", "bit varying"],
  ["timestamptz", "timestamp with time zone"],
  ["timestamp", "timestamp without time zone"],
  ["timetz", "time with time zone"],
  ["time", "time without time zone"],
]);

/**
 * A type as a parameter declares it, in Postgres' own spelling (`format_type`) and without a length: a parameter is not
 * cut to it.
 *
 * @example typeName("VARCHAR(20)[]") // "character varying[]"
 */
export function typeName(declared: string): string {
  const [, element = declared, dimensions = ""] = /^([^[\]]*?)((?:\s*\[\d*\])*)$/.exec(declared.trim()) ?? [];
  const plain = element
    .toLowerCase()
    .replace(/\([\d\s,+-]*\)/, " ")
    .replace(/\s+/g, " ")
    .trim();
  return `${spellings.get(plain) ?? plain}${dimensions === "" ? "" : "[]"}`;
}
