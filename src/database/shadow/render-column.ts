import type { DeclaredColumn, DeclaredSchema } from "../../../schema/declared.ts";
import { quoteIdentifier, quoteName } from "../identifier.ts";

/** A declared column as CREATE TABLE takes it. */
export function renderColumn(name: string, column: DeclaredColumn, declared: DeclaredSchema): string {
  const { type, nullable, default: value, identity, generated, collation } = column;
  return [
    quoteIdentifier(name),
    renderType(type, declared),
    ...(collation === undefined ? [] : [`collate ${renderCollation(collation)}`]),
    ...(nullable ? [] : ["not null"]),
    ...(value === undefined ? [] : [`default ${value}`]),
    ...(identity === undefined ? [] : [renderIdentity(identity)]),
    ...(generated === undefined ? [] : [`generated always as (${generated.expression}) ${generated.kind}`]),
  ].join(" ");
}

/** What only ALTER TABLE sets on every version of Postgres; undefined where there is nothing of it. */
export function renderColumnSettings(
  table: string,
  name: string,
  { storage, compression, statistics }: DeclaredColumn,
): string | undefined {
  const settings = [
    ...(storage === undefined ? [] : [`storage ${storage}`]),
    ...(compression === undefined ? [] : [`compression ${compression}`]),
    ...(statistics === undefined ? [] : [`statistics ${statistics}`]),
  ];
  if (settings.length === 0) return undefined;
  const actions = settings.map((setting) => `alter column ${quoteIdentifier(name)} set ${setting}`);
  return `alter table ${quoteName(table)} ${actions.join(", ")}`;
}

function renderIdentity({ generated, options }: NonNullable<DeclaredColumn["identity"]>): string {
  const sequence = options === undefined ? "" : ` (${options})`;
  return `generated ${generated} as identity${sequence}`;
}

/** What stands before a dot is a schema, but in the names of an operating system: `en_US.utf8`, `C.UTF-8`. */
export const renderCollation = (collation: string): string =>
  /^(?:[a-z]{2,3}_[A-Z]{2}|C)\./.test(collation) ? quoteIdentifier(collation) : quoteName(collation);

/** What a column can be of beside enums; a table and a view are the type of their rows. */
const typed: ReadonlySet<string> = new Set(["domain", "composite", "partition", "view", "materializedView"]);

/** Declared types may be called like a word of SQL, and are in mixed case where they are declared so. */
export function renderType(type: string, { enums, tables, objects = [] }: DeclaredSchema): string {
  const [, name = type, dimensions = ""] = /^([^[\]]+)((?:\[\d*\])*)$/.exec(type) ?? [];
  const isDeclared =
    Object.hasOwn(enums, name) ||
    Object.hasOwn(tables, name) ||
    objects.some((object) => typed.has(object.kind) && object.name === name);
  return isDeclared ? `${quoteName(name)}${dimensions}` : type;
}
