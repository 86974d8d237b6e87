import type { DeclaredScope } from "../../schema/declared.ts";
import { defaultSchema } from "../../schema/names.ts";
import { ignores } from "../database/catalog/scope.ts";
import { type Key, keyOf } from "../database/model/catalog-object.ts";
import type { Facts, Named, RoutineFacts, ViewFacts } from "../database/snapshot/facts.ts";
import { type LeftOut, leftOutOf } from "./left-out.ts";
import { storageOf } from "./storage.ts";
import type { Value } from "./table-part.ts";
import { indexPartsOf, type SnapshotTable, tablesOf, triggersOf } from "./tables.ts";
import { compositeOf, domainOf, enumOf, sequenceOf } from "./types.ts";
import { membersOf } from "./whole-table.ts";

/** The sections of a file of `schema/` that hold objects by name, in their order. */
export const sections = [
  ...(["schemas", "extensions", "enums", "domains", "composites", "sequences", "tables", "views"] as const),
  ...(["materializedViews", "functions"] as const),
] as const;
export type Section = (typeof sections)[number];

/** What a database would be declared as. A function's value is the text of its file. */
export type Snapshot = {
  objects: Record<Exclude<Section, "tables">, ReadonlyMap<string, Value>>;
  tables: ReadonlyMap<string, SnapshotTable>;
  leftOut: LeftOut[];
};

/** Turns what was read of a database into declarations, but what is refused and what rests on that. */
export function snapshotOf(
  everything: Facts,
  scope: DeclaredScope,
  refused: ReadonlyMap<Key, LeftOut> = new Map(),
): Snapshot {
  const facts = withoutIgnored(everything, scope);
  const { whole, parts } = leftOutOf(facts, refused);
  const written = <T extends { name: string }>(kind: string, rows: readonly T[]): T[] =>
    rows.filter(({ name }) => !whole.has(keyOf(kind, name)));
  const { tables, ownSequences } = tablesOf(facts, scope);
  const routines = facts.routines.filter(({ signature }) => !whole.has(keyOf("routine", signature)));
  const byName = Map.groupBy(routines, ({ name }) => name);
  const named = <T extends { name: string }>(rows: readonly T[], value: (row: T) => Value) =>
    new Map(rows.map((row) => [row.name, value(row)]));
  return {
    objects: {
      schemas: named(
        written("schema", facts.schemas).filter(({ name }) => name !== defaultSchema),
        commentOf,
      ),
      extensions: named(facts.extensions, ({ schema, comment }) => ({
        ...(schema === defaultSchema ? {} : { schema }),
        ...commentOf({ comment }),
      })),
      enums: named(written("enum", facts.enums), enumOf),
      domains: named(written("domain", facts.domains), domainOf),
      composites: named(written("composite", facts.composites), compositeOf),
      sequences: named(
        written("sequence", facts.sequences).filter(({ name }) => !ownSequences.has(name)),
        sequenceOf,
      ),
      views: named(written("view", facts.views), (view) => viewOf(view, facts)),
      materializedViews: named(written("materializedView", facts.materializedViews), (view) =>
        materializedViewOf(view, facts),
      ),
      functions: new Map(
        [...byName].map(([name, group]) => [
          name,
          {
            sql: group.map(({ definition }) => `${definition.trim()};\n`).join("\n"),
            ...membersOf(routineComments(group)),
          },
        ]),
      ),
    },
    tables: new Map([...tables].filter(([name]) => !whole.has(keyOf("table", name)))),
    leftOut: [...whole.values(), ...parts],
  };
}

function routineComments(group: readonly RoutineFacts[]): Value {
  const [only] = group.length === 1 ? group : [];
  if (only !== undefined) return commentOf(only);
  const comments = group.flatMap((one) =>
    one.comment === null ? [] : [[one.arguments, one.comment] as const],
  );
  return comments.length === 0 ? {} : { comments: Object.fromEntries(comments) };
}

const commentOf = ({ comment }: { comment: string | null }): { comment?: string } =>
  comment === null ? {} : { comment };

const withoutIgnored = (facts: Facts, scope: DeclaredScope): Facts => {
  const isIgnored = ignores(scope);
  const own = <T extends { name: string }>(rows: readonly T[]): T[] =>
    rows.filter(({ name }) => !isIgnored(name));
  const ofOwn = <T extends { table: string }>(rows: readonly T[]): T[] =>
    rows.filter(({ table }) => !isIgnored(table));
  return {
    ...facts,
    enums: own(facts.enums),
    domains: own(facts.domains),
    composites: own(facts.composites),
    sequences: own(facts.sequences),
    tables: own(facts.tables),
    views: own(facts.views),
    materializedViews: own(facts.materializedViews),
    routines: own(facts.routines),
    constraints: ofOwn(facts.constraints),
    indexes: ofOwn(facts.indexes),
    triggers: ofOwn(facts.triggers),
    policies: ofOwn(facts.policies),
    partitionParts: ofOwn(facts.partitionParts),
    others: own(facts.others),
    hidden: { columns: ofOwn(facts.hidden.columns), dependents: ofOwn(facts.hidden.dependents) },
  };
};

const queryOf = (query: string): string => query.trim().replace(/;$/, "");

function viewOf(view: ViewFacts & Named, facts: Facts): Value {
  const { options } = view;
  const triggers = triggersOf(view.name, facts);
  const check = options?.check_option;
  return {
    ...commentOf(view),
    ...(options?.security_invoker === undefined ? {} : { securityInvoker: isOn(options.security_invoker) }),
    ...(options?.security_barrier === undefined ? {} : { securityBarrier: isOn(options.security_barrier) }),
    ...(check === "local" || check === "cascaded" ? { checkOption: check } : {}),
    sql: queryOf(view.query),
    ...(view.columnComments === null ? {} : { columnComments: view.columnComments }),
    ...(triggers === undefined ? {} : { triggers }),
  };
}

const isOn = (option: string): boolean => option === "true" || option === "on" || option === "1";

function materializedViewOf(view: ViewFacts & Named, facts: Facts): Value {
  const indexes = indexPartsOf(view.name, facts.indexes).map(({ value }) => membersOf(value));
  return {
    ...commentOf(view),
    sql: queryOf(view.query),
    ...(indexes.length === 0 ? {} : { indexes }),
    ...storageOf(view.options),
    ...(view.columnComments === null ? {} : { columnComments: view.columnComments }),
  };
}
