import type { PlannableSchema } from "../../../schema/declared.ts";
import { canonicalJson } from "../../core/canonical-json.ts";
import { readModel } from "../catalog/read-model.ts";
import { type Key, keyOf, keyOfObject } from "../model/catalog-object.ts";
import type { Model } from "../model/model.ts";
import { attempt } from "../transaction.ts";
import { remadeIn } from "./read-back.ts";
import type { Shadow } from "./shadow.ts";

type Written = NonNullable<Model["asWritten"]>;

/**
 * The desired model, as written in the words of the live one wherever Postgres reads these as what is desired. What it
 * writes of `s in ('a', 'b')` for a varchar it spells in another way when it has read that: a database that was made by
 * hand, and declared by its own words, has neither spelling of its declaration.
 */
export async function inLiveWords(
  live: Model,
  desired: Model,
  { declared, shadow }: { declared: PlannableSchema; shadow: Pick<Shadow, "read"> },
): Promise<Model> {
  const [present, wanted] = [wordsOf(live), wordsOf(desired)];
  // A bound that reads as another one is another one: it is read by the type that its column is to have.
  const other = remadeIn(live).filter(
    ({ of }) => !of.startsWith("partition:") && wanted.has(of) && wanted.get(of) !== present.get(of),
  );
  if (other.length === 0) return desired;
  const same = await shadow.read(declared, async (database) => {
    const made: Key[] = [];
    for (const { of, sql } of other)
      if ((await attempt(database, () => database.script(sql))) === undefined) made.push(of);
    const read = wordsOf(await readModel(database, declared.scope));
    return new Set(made.filter((key) => read.get(key) === wanted.get(key)));
  });
  return same.size === 0
    ? desired
    : { ...desired, asWritten: withThose(same, live, desired.asWritten ?? desired) };
}

/** What may be spelt in several ways. */
function wordsOf({ tables, objects }: Written): ReadonlyMap<Key, string | undefined> {
  return new Map([
    ...[...tables].flatMap(([table, { columns, constraints, indexes }]) => [
      ...[...columns].map(([name, column]) => [keyOf("column", name, table), column.default] as const),
      ...[...constraints].map(
        ([name, { definition }]) => [keyOf("constraint", name, table), definition] as const,
      ),
      ...[...indexes].map(([name, { shape }]) => [keyOf("index", name, table), shape] as const),
    ]),
    ...[...objects.values()].map((object) => [keyOfObject(object), canonicalJson(object.facts)] as const),
  ]);
}

function withThose(keys: ReadonlySet<Key>, live: Written, written: Written): Written {
  const chosen = <T>(
    own: ReadonlyMap<string, T>,
    others: ReadonlyMap<string, T> | undefined,
    key: (name: string) => Key,
  ): ReadonlyMap<string, T> =>
    new Map([...own].map(([name, one]) => [name, keys.has(key(name)) ? (others?.get(name) ?? one) : one]));
  return {
    tables: new Map(
      [...written.tables].map(([table, own]) => {
        const { columns, constraints, indexes } = live.tables.get(table) ?? {};
        return [
          table,
          {
            ...own,
            columns: chosen(own.columns, columns, (name) => keyOf("column", name, table)),
            constraints: chosen(own.constraints, constraints, (name) => keyOf("constraint", name, table)),
            indexes: chosen(own.indexes, indexes, (name) => keyOf("index", name, table)),
          },
        ];
      }),
    ),
    objects: chosen(written.objects, live.objects, (key) => key),
  };
}
