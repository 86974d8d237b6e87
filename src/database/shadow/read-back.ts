import type { DeclaredScope } from "../../../schema/declared.ts";
import { readModel } from "../catalog/read-model.ts";
import type { Database } from "../database.ts";
import { quoteIdentifier as quote, quoteBeside, quoteName } from "../identifier.ts";
import { domainFacts } from "../kinds/domain.ts";
import { kindOf } from "../kinds/kinds.ts";
import { type CatalogObject, type Key, keyOf, keyOfObject } from "../model/catalog-object.ts";
import type { Model, Table } from "../model/model.ts";
import { attempt } from "../transaction.ts";

/**
 * Has Postgres read its own words. What it writes of `s in ('a', 'b')` for a varchar, and of VALUES in a view, it
 * spells in another way when it has read that. What is applied is its own words, so the second spelling is what a
 * database will have; the first is kept beside it, as `asWritten`, for one that was made from what people write.
 *
 * Makes the things anew in the transaction that is open. What others rest on keeps its first words.
 */
export async function readBack(database: Database, model: Model, scope?: DeclaredScope): Promise<Model> {
  const remade = remadeIn(model);
  if (remade.length === 0) return model;
  for (const { sql } of remade) await attempt(database, () => database.script(sql));
  const again = await readModel(database, scope);
  return {
    ...model,
    tables: new Map([...model.tables].map(([name, table]) => [name, inPlace(table, again.tables.get(name))])),
    objects: new Map([...model.objects].map(([key, object]) => [key, again.objects.get(key) ?? object])),
    asWritten: { tables: model.tables, objects: model.objects },
  };
}

const unstable = /ARRAY\[|\bVALUES\b/;

/** A statement that makes something anew by the words that a model has for it, so that Postgres reads them. */
export type Remade = { of: Key; sql: string };

/** Those of everything in a model that Postgres might spell in another way when it has read its own words. */
export const remadeIn = ({ tables, objects }: Pick<Model, "tables" | "objects">): Remade[] => [
  ...[...tables].flatMap(([name, table]) => tableRemade(name, table)),
  ...[...objects.values()].flatMap(objectRemade),
];

function tableRemade(name: string, { columns, constraints, indexes }: Table): Remade[] {
  const alter = `alter table ${quoteName(name)}`;
  return [
    ...[...constraints]
      .filter(([, { kind, definition }]) => kind !== "foreignKey" && unstable.test(definition))
      .map(([own, { definition }]) => ({
        of: keyOf("constraint", own, name),
        sql: `${alter} drop constraint ${quote(own)}, add constraint ${quote(own)} ${definition}`,
      })),
    ...[...indexes]
      .filter(([, { shape }]) => unstable.test(shape))
      .map(([own, { shape, unique }]) => ({
        of: keyOf("index", own, name),
        sql: `drop index ${quoteBeside(name, own)}; create ${unique ? "unique " : ""}index ${quote(own)} ${shape}`,
      })),
    ...[...columns].flatMap(([own, { default: value, generated }]) => {
      if (value === undefined || !unstable.test(value)) return [];
      const set = generated === undefined ? `set default ${value}` : `set expression as (${value})`;
      return [{ of: keyOf("column", own, name), sql: `${alter} alter column ${quote(own)} ${set}` }];
    }),
  ];
}

function objectRemade(object: CatalogObject): Remade[] {
  if (!unstable.test(JSON.stringify(object))) return [];
  const { kind, name } = object;
  const of = keyOfObject(object);
  const create = kindOf(kind).create(object).join(";\n");
  if (kind === "view") return [{ of, sql: create.replace(/^create view/, "create or replace view") }];
  if (kind === "routine") return [{ of, sql: create }];
  if (kind !== "domain") return [{ of, sql: `${kindOf(kind).drop(object)};\n${create}` }];
  const alter = `alter domain ${quoteName(name)}`;
  const again = domainFacts
    .parse(object.facts)
    .checks.map(
      (check) =>
        `${alter} drop constraint ${quote(check.name)}; ${alter} add constraint ${quote(check.name)} ${check.definition}`,
    );
  return [{ of, sql: again.join(";\n") }];
}

/** The second reading in the order of the first. */
function inPlace(first: Table, second: Table | undefined): Table {
  if (second === undefined) return first;
  return {
    ...first,
    columns: reordered(first.columns, second.columns),
    constraints: reordered(first.constraints, second.constraints),
    indexes: reordered(first.indexes, second.indexes),
  };
}

const reordered = <T>(
  first: ReadonlyMap<string, T>,
  second: ReadonlyMap<string, T>,
): ReadonlyMap<string, T> => new Map([...first].map(([name, member]) => [name, second.get(name) ?? member]));
