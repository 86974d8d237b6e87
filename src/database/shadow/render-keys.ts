import type {
  DeclaredForeignKey,
  DeclaredIndex,
  DeclaredKey,
  DeclaredTable,
} from "../../../schema/declared.ts";
import { quoteIdentifier, quoteList, quoteName } from "../identifier.ts";
import type { Constraint } from "../model/model.ts";
import { storageList } from "../storage-parameters.ts";

/** A constraint that is made along with its table; `definition` is what stands after its name. */
type RenderedConstraint = {
  kind: Exclude<Constraint["kind"], "foreignKey">;
  name: string;
  definition: string;
};

/** The constraints of a table, without its foreign keys. */
export const renderConstraints = ({
  primaryKey,
  uniques,
  checks,
  exclusions = [],
}: DeclaredTable): RenderedConstraint[] => [
  ...(primaryKey === undefined ? [] : [renderKey("primaryKey", "primary key", primaryKey)]),
  ...uniques.map((key) =>
    renderKey("unique", key.nullsNotDistinct === true ? "unique nulls not distinct" : "unique", key),
  ),
  ...checks.map(({ name, expression, noInherit }) => ({
    kind: "check" as const,
    name,
    definition: `check (${expression})${noInherit === true ? " no inherit" : ""}`,
  })),
  ...exclusions.map((exclusion) => ({ kind: "exclusion" as const, ...exclusion })),
];

const renderKey = (
  kind: "primaryKey" | "unique",
  words: string,
  { name, columns, include, deferrable }: DeclaredKey,
): RenderedConstraint => ({
  kind,
  name,
  definition: [
    `${words} (${quoteList(columns)})`,
    ...included(include),
    ...(deferrable === undefined ? [] : [deferrable]),
  ].join(" "),
});

/** Writes a `create index` (PostgreSQL documentation, CREATE INDEX). */
export function renderIndex(table: string, index: DeclaredIndex): string {
  const { name, columns, unique, method, where, include, nullsNotDistinct, storage } = index;
  return [
    `create ${unique ? "unique " : ""}index ${quoteIdentifier(name)} on ${quoteName(table)}`,
    `using ${quoteIdentifier(method)} (${columns.join(", ")})`,
    ...included(include),
    ...(nullsNotDistinct === true ? ["nulls not distinct"] : []),
    ...(storage === undefined ? [] : [`with (${storageList(storage)})`]),
    ...(where === undefined ? [] : [`where ${where}`]),
  ].join(" ");
}

/** What stands after `add` where a foreign key is added. */
export function renderForeignKey(key: DeclaredForeignKey): string {
  const { name, columns, table, references, onDelete, onUpdate, setColumns, match, deferrable } = key;
  const set = setColumns === undefined ? "" : ` (${quoteList(setColumns)})`;
  return [
    `constraint ${quoteIdentifier(name)} foreign key (${quoteList(columns)})`,
    `references ${quoteName(table)} (${quoteList(references)})`,
    ...(match === "full" ? ["match full"] : []),
    ...(onDelete === "no action" ? [] : [`on delete ${onDelete}${set}`]),
    ...(onUpdate === "no action" ? [] : [`on update ${onUpdate}`]),
    ...(deferrable === undefined ? [] : [deferrable]),
  ].join(" ");
}

const included = (include: readonly string[] | undefined): string[] =>
  include === undefined ? [] : [`include (${quoteList(include)})`];
