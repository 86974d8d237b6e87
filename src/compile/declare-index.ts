import type { DeclaredIndex } from "../../schema/declared.ts";
import type { IndexDeclaration } from "../../schema/indexes.ts";
import { quoteIdentifier, quoteName } from "../database/identifier.ts";
import { renderCollation } from "../database/shadow/render-column.ts";
import { storageList } from "../database/storage-parameters.ts";
import { expressionName } from "./expression-name.ts";
import { storageText } from "./table-options.ts";

type Storage = NonNullable<IndexDeclaration["storage"]>;
type IndexPart = Exclude<IndexDeclaration["columns"][number], string>;

/** An index with its defaults filled in. */
export function declareIndex(
  name: string,
  { columns, unique, method, where, include, nullsNotDistinct, storage }: IndexDeclaration,
): DeclaredIndex {
  return {
    name,
    columns: columns.map(partSql),
    unique: unique ?? false,
    method: method ?? "btree",
    ...(where === undefined ? {} : { where }),
    ...(include === undefined ? {} : { include: [...include] }),
    ...(nullsNotDistinct === true ? { nullsNotDistinct } : {}),
    ...(storage === undefined ? {} : { storage: storageText(storage) }),
  };
}

/** One part of an index as SQL (PostgreSQL documentation, CREATE INDEX). */
export function partSql(part: string | IndexPart): string {
  if (typeof part === "string") return quoteIdentifier(part);
  const { column, expression = "", collation, opclass, opclassParameters, direction, nulls } = part;
  const words = [
    column === undefined ? `(${expression})` : quoteIdentifier(column),
    collation === undefined ? undefined : `collate ${renderCollation(collation)}`,
    opclass === undefined ? undefined : quoteName(opclass) + parameters(opclassParameters),
    direction,
    nulls === undefined ? undefined : `nulls ${nulls}`,
  ];
  return words.filter((word) => word !== undefined).join(" ");
}

const parameters = (storage: Storage | undefined): string =>
  storage === undefined ? "" : ` (${storageList(storageText(storage))})`;

/** The columns that are named by an index. */
export const columnsOfIndex = ({
  columns,
  include = [],
}: Pick<IndexDeclaration, "columns" | "include">): string[] => [
  ...columns.flatMap((part) => (typeof part === "string" ? part : (part.column ?? []))),
  ...include,
];

/**
 * What Postgres makes the name of an index of: its columns and expressions, then what it includes, each with a number
 * where it is there already (ChooseIndexColumnNames in PostgreSQL's indexcmds.c).
 */
export function namingParts({
  columns,
  include = [],
}: {
  columns: readonly (string | { column?: string | undefined; expression?: string | undefined })[];
  include?: readonly string[] | undefined;
}): string[] {
  const parts: string[] = [];
  for (const part of [...columns, ...include]) {
    const name = typeof part === "string" ? part : (part.column ?? expressionName(part.expression ?? ""));
    let chosen = name;
    for (let number = 1; parts.includes(chosen); number += 1) chosen = `${name}${number}`;
    parts.push(chosen);
  }
  return parts;
}
