import { canonicalJson, type Json } from "../../core/canonical-json.ts";
import { kindOf } from "../kinds/kinds.ts";
import { type Key, keyOf } from "../model/catalog-object.ts";
import type { Column, Constraint, Table } from "../model/model.ts";
import type { RecordedModel } from "../model/model-from-json.ts";

/** One fact of an object that is not what it was; left out where it was not or is not. */
export type ChangedFact = { fact: string; was?: Json; is?: Json };

/** One object that came, went or changed between two models. A part of a table that came or went goes without saying. */
export type ModelChange = {
  key: Key;
  change: "added" | "changed" | "gone";
  /** What people call it: `table`, `foreign key`. */
  kind: string;
  /** `tasks`, `tasks.title`, `slugify(text)`. */
  object: string;
  /** The table or the view that it is a part of. */
  table?: string;
  facts: ChangedFact[];
};

type Entry = { kind: string; object: string; table?: string; facts: { readonly [fact: string]: Json } };

/** What is different in `after`, by object; empty exactly where the fingerprints are equal. */
export function changesBetween(before: RecordedModel, after: RecordedModel): ModelChange[] {
  const [old, now] = [entriesOf(before), entriesOf(after)];
  const gone = [...old].flatMap(([key, entry]) =>
    now.has(key) || goesAlong(entry, now) ? [] : [changeOf(key, "gone", entry, [])],
  );
  const rest = [...now].flatMap(([key, entry]) => {
    const was = old.get(key);
    if (was === undefined) return goesAlong(entry, old) ? [] : [changeOf(key, "added", entry, [])];
    const facts = changedFacts(was.facts, entry.facts);
    return facts.length === 0 ? [] : [changeOf(key, "changed", entry, facts)];
  });
  return [...gone, ...rest];
}

const changeOf = (
  key: Key,
  change: ModelChange["change"],
  { kind, object, table }: Entry,
  facts: ChangedFact[],
): ModelChange => ({ key, change, kind, object, ...(table === undefined ? {} : { table }), facts });

const goesAlong = ({ table }: Entry, others: ReadonlyMap<Key, Entry>): boolean =>
  table !== undefined &&
  !["table", "view", "materializedView", "partition"].some((kind) => others.has(keyOf(kind, table)));

const changedFacts = (was: Entry["facts"], is: Entry["facts"]): ChangedFact[] =>
  [...new Set([...Object.keys(was), ...Object.keys(is)])].sort().flatMap((fact): ChangedFact[] => {
    const [before, after] = [was[fact], is[fact]];
    if (before !== undefined && after !== undefined && canonicalJson(before) === canonicalJson(after))
      return [];
    return [
      {
        fact,
        ...(before === undefined ? {} : { was: before }),
        ...(after === undefined ? {} : { is: after }),
      },
    ];
  });

const constraintWords = {
  primaryKey: "primary key",
  unique: "unique constraint",
  check: "check",
  foreignKey: "foreign key",
  exclusion: "exclusion constraint",
} as const satisfies Record<Constraint["kind"], string>;

/** Everything in a model, each thing with the facts that its fingerprint is made of. */
function entriesOf({ enums, tables, objects, comments }: RecordedModel): ReadonlyMap<Key, Entry> {
  const entries = new Map<Key, Entry>();
  for (const [name, values] of enums)
    entries.set(keyOf("enum", name), { kind: "enum", object: name, facts: { values: [...values] } });
  for (const [name, table] of tables) addTable(name, table, entries);
  for (const [key, { kind, name, table, facts }] of objects)
    entries.set(key, {
      kind: kindOf(kind).word,
      object: table === undefined ? name : `${table}.${name}`,
      ...(table === undefined ? {} : { table }),
      facts,
    });
  for (const [target, text] of comments)
    entries.set(keyOf("comment", target), { kind: "comment on", object: target, facts: { text } });
  return entries;
}

function addTable(
  name: string,
  { columns, constraints, indexes, ...options }: Table,
  entries: Map<Key, Entry>,
): void {
  entries.set(keyOf("table", name), { kind: "table", object: name, facts: present(options) });
  const part = (key: string, kind: string, own: string, facts: { [fact: string]: Json | undefined }): void =>
    void entries.set(keyOf(key, own, name), {
      kind,
      object: `${name}.${own}`,
      table: name,
      facts: present(facts),
    });
  for (const [column, facts] of columns) part("column", "column", column, unnamed(facts));
  for (const [constraint, { kind, definition, validated }] of constraints)
    part("constraint", constraintWords[kind], constraint, { definition, validated });
  for (const [index, { definition, valid }] of indexes) part("index", "index", index, { definition, valid });
}

/** Postgres before 18 knows no name for NOT NULL. */
const unnamed = ({ notNull, ...column }: Column): Omit<Column, "notNull"> => column;

const present = (facts: {
  readonly [fact: string]: Json | undefined | Readonly<Record<string, string>>;
}): Entry["facts"] =>
  Object.fromEntries(
    Object.entries(facts).flatMap(([fact, value]) => (value === undefined ? [] : [[fact, value]])),
  );
