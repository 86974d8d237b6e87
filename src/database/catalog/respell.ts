import type { DeclaredSchema } from "../../../schema/declared.ts";
import type { Database } from "../database.ts";
import type { Change } from "../diff/change.ts";
import { quoteLiteral } from "../identifier.ts";
import { type CatalogObject, type Key, keyOf, keyOfObject } from "../model/catalog-object.ts";
import type { Model } from "../model/model.ts";
import { SqlError } from "../sql-error.ts";

/** The queries of views in one server's words, the first of them the best; none where the model's words are its own. */
export type Wordings = ReadonlyMap<Key, readonly string[]>;

/**
 * Asks a server of another major version than the one that a model was read from how it spells the queries of views:
 * before 16, it writes `tasks.id` where later ones write `id`. Both what was declared, of which `declared` has the
 * names of today, and what the model has of it are spelt; what names something that is not there yet stays as it was
 * declared. Nothing stays of that. Runs in the transaction that is open, which must be one that may write.
 */
export async function wordingsOf(
  database: Database,
  desired: Model,
  declared?: DeclaredSchema,
): Promise<Wordings> {
  const asked = new Map([...desired.objects].flatMap(([key, object]) => asking(key, object, declared)));
  if (asked.size === 0 || (await isSameMajor(database, desired))) return new Map();
  const spelt = await spell(database, asked);
  return new Map(
    [...asked].map(([key, { query, written }]) => {
      const own = spelt.get(key);
      const best = own?.written ?? written;
      return [key, [...(best === undefined ? [] : [best]), own?.query ?? query]];
    }),
  );
}

/** A model with each query in the words that are the live one's, where one of the wordings is. */
export function inWordsOf(live: Model, desired: Model, wordings: Wordings): Model {
  if (wordings.size === 0) return desired;
  const objects = [...desired.objects].map(([key, object]): [Key, CatalogObject] => {
    const known = wordings.get(key) ?? [];
    const present = live.objects.get(key)?.facts.query;
    const query = known.find((one) => one === present) ?? known[0];
    return [key, query === undefined ? object : { ...object, facts: { ...object.facts, query } }];
  });
  return { ...desired, objects: new Map(objects) };
}

/**
 * Changes that make views by the queries that the model has. The server spelt them for columns as they are: of a type
 * that changes in the same plan, it left out a cast that is needed then.
 */
export const madeAsModelled = (changes: readonly Change[], { objects }: Model): Change[] =>
  changes.map((change) => {
    if (change.kind !== "createObject") return change;
    const query = objects.get(keyOfObject(change.object))?.facts.query;
    if (query === undefined) return change;
    return { ...change, object: { ...change.object, facts: { ...change.object.facts, query } } };
  });

/** Whether a model was read from a server of this one's major version. */
export async function isSameMajor(database: Database, { version }: Model): Promise<boolean> {
  const [row] = await database.query<{ version: number }>(
    "select current_setting('server_version_num')::int4 as version",
  );
  return Math.floor((row?.version ?? 0) / 10_000) === Math.floor(version / 10_000);
}

/** A query as the model has it, and as it was declared, with the names that were given to its columns. */
type Asked = { query: string; columns: string; written?: string };

const head = /^create (?:materialized )?view \S+( \([^()]*\))?(?: with \([^()]*\))? as\n/;

function asking(
  key: Key,
  { kind, facts }: CatalogObject,
  declared: DeclaredSchema | undefined,
): [Key, Asked][] {
  if ((kind !== "view" && kind !== "materializedView") || typeof facts.query !== "string") return [];
  const [sql = ""] = declared?.objects?.find((one) => keyOf(one.kind, one.name) === key)?.sql ?? [];
  const found = head.exec(sql);
  return [
    [
      key,
      {
        query: facts.query,
        columns: found?.[1] ?? "",
        ...(found === null ? {} : { written: sql.slice(found[0].length) }),
      },
    ],
  ];
}

const lockTimeoutMs = 1_000;
type Spelt = { query?: string; written?: string };

async function spell(database: Database, asked: ReadonlyMap<Key, Asked>): Promise<ReadonlyMap<Key, Spelt>> {
  await database.script("savepoint respell");
  try {
    await database.script(
      `set local search_path = public; set local lock_timeout = ${lockTimeoutMs};
      select set_config('stk.asked', ${quoteLiteral(JSON.stringify([...asked].flatMap(statementsOf)))}, true);
      ${script}`,
    );
    const rows = await database.query<{ key: Key; spelt: Spelt }>(
      "select key, value as spelt from jsonb_each(current_setting('stk.spelt')::jsonb)",
    );
    return new Map(rows.map(({ key, spelt }) => [key, spelt]));
  } catch (error) {
    // A server that lets nobody write, such as a replica, spells nothing.
    if (!(error instanceof SqlError)) throw error;
    await database.script("rollback to savepoint respell");
    return new Map();
  } finally {
    await database.script("rollback to savepoint respell; release savepoint respell");
  }
}

const statementsOf = ([key, { query, columns, written }]: readonly [Key, Asked]) => [
  { key, which: "query", sql: `create temporary view stk_respelt as ${query}` },
  ...(written === undefined
    ? []
    : [{ key, which: "written", sql: `create temporary view stk_respelt${columns} as ${written}` }]),
];

/** One round trip for all of them. */
const script = `
do $stk$
declare
  one record;
  spelt jsonb := '{}';
begin
  for one in select key, which, sql
    from jsonb_to_recordset(current_setting('stk.asked')::jsonb) as asked (key text, which text, sql text)
  loop
    begin
      execute one.sql;
      spelt := spelt || jsonb_build_object(one.key, coalesce(spelt -> one.key, '{}')
        || jsonb_build_object(one.which, pg_get_viewdef('pg_temp.stk_respelt'::regclass)));
      drop view pg_temp.stk_respelt;
    exception when others then
      null;
    end;
  end loop;
  perform set_config('stk.spelt', spelt::text, true);
end
$stk$`;
