import type { Change } from "../../diff/change.ts";
import { columnKeys } from "../../diff/remake-parts.ts";
import { splitName } from "../../identifier.ts";
import { partitionFacts } from "../../kinds/partition.ts";
import { type CatalogObject, type Key, keyOf } from "../../model/catalog-object.ts";
import type { Model } from "../../model/model.ts";
import { effectOf } from "../effect.ts";
import { temporaryName } from "./temporary-name.ts";

/** A constraint that comes. */
export type AddedConstraint = Extract<Change, { kind: "addConstraint" }>;
type DroppedConstraint = Extract<Change, { kind: "dropConstraint" }>;
/** What is made in the place of something; and what goes for it. */
export type Successor = Extract<Change, { kind: "addConstraint" | "createIndex" }>;
export type Predecessor = Extract<Change, { kind: "dropConstraint" | "dropIndex" }>;

/** A foreign key that rests on a key which is replaced; `again` where it is added again as it was. */
type RestingKey = { dropped: DroppedConstraint; again: AddedConstraint | undefined };

/** Which changes make way for which: what goes stays until what comes in its place is ready. */
export type Replacements = {
  /** What goes in the moment in which `successor` comes. */
  predecessorOf(successor: Change): Predecessor | undefined;
  /** The foreign keys that rest on what goes, and must go with it. */
  restingOn(predecessor: Predecessor): readonly RestingKey[];
  /** Whether another change writes the statement of this one: a drop, or the addition of a foreign key that rests. */
  isTakenOver(change: Change): boolean;
};

/** Finds the {@link Replacements} among changes of tables that others use meanwhile. */
export function replacementsAmong(
  changes: readonly Change[],
  live: Model,
  desired: Model,
  isInUse: (table: string) => boolean,
): Replacements {
  const successors = new Map<Change, Predecessor>();
  const predecessors = new Map<Predecessor, Successor>();
  const disturbed = disturbedKeys(changes, live);
  const drops = Map.groupBy(changes.filter(isPredecessor), ({ table }) => table);
  const pair = (isPair: (successor: Successor, drop: Predecessor) => boolean): void => {
    for (const change of changes) {
      if (change.kind !== "createIndex" && change.kind !== "addConstraint") continue;
      if (successors.has(change) || !isInUse(change.table) || isPartitioned(live, change.table)) continue;
      const drop = drops
        .get(change.table)
        ?.find((one) => !predecessors.has(one) && isPair(change, one) && mayWait(one, change));
      if (drop === undefined) continue;
      successors.set(change, drop);
      predecessors.set(drop, change);
    }
  };
  /** Whether nothing that is done between the two needs the one gone. */
  const mayWait = (drop: Predecessor, successor: Successor): boolean => {
    const key = keyOf(drop.kind === "dropIndex" ? "index" : "constraint", drop.name, drop.table);
    const on = [...(live.dependencies.get(key) ?? [])];
    const keyGoes = (one: Key): boolean => [...predecessors.keys()].some((each) => keyOfDrop(each) === one);
    return on.every((one) => !disturbed.has(one) || keyGoes(one)) && !isNameWanted(changes, drop, successor);
  };
  pair((successor, drop) => isKeyPair(successor, drop) && successor.name === drop.name);
  pair(isKeyPair);
  pair((successor, drop) => isSameConstraint(successor, drop));

  const resting = new Map<Predecessor, RestingKey[]>();
  const taken = new Set<Change>(predecessors.keys());
  for (const [dropped, successor] of predecessors) {
    if (dropped.kind !== "dropConstraint" || dropped.constraint.references === undefined) continue;
    const { table, index } = dropped.constraint.references;
    const beneath = [...predecessors.keys()].find((one) => one.table === table && one.name === index);
    if (beneath === undefined || successor.kind !== "addConstraint") continue;
    const next = predecessors.get(beneath);
    const wanted = desired.tables.get(dropped.table)?.constraints.get(successor.name)?.references;
    const isAsItWas =
      successor.constraint.definition === dropped.constraint.definition && wanted?.index === next?.name;
    const list = resting.get(beneath) ?? [];
    list.push({ dropped, again: isAsItWas ? successor : undefined });
    resting.set(beneath, list);
    successors.delete(successor);
    if (isAsItWas) taken.add(successor);
  }
  return {
    predecessorOf: (successor) => successors.get(successor),
    restingOn: (predecessor) => resting.get(predecessor) ?? [],
    isTakenOver: (change) => taken.has(change),
  };
}

const isPredecessor = (change: Change): change is Predecessor =>
  change.kind === "dropIndex" || change.kind === "dropConstraint";

const keyOfDrop = (drop: Predecessor): Key =>
  keyOf(drop.kind === "dropIndex" ? "index" : "constraint", drop.name, drop.table);

/** What goes or becomes another type: what rests on it cannot stay until later. */
function disturbedKeys(changes: readonly Change[], live: Model): ReadonlySet<Key> {
  return new Set(
    changes.flatMap((change) => {
      if (change.kind === "dropTable") return columnKeys(change.table, live);
      // A foreign key that leads to the table keeps its partitions.
      if (change.kind === "dropObject" && change.object.kind === "partition")
        return wholesOf(change.object, live).flatMap((table) => columnKeys(table, live));
      return change.kind === "changeType" ? effectOf(change).makes : effectOf(change).drops;
    }),
  );
}

/** The table that a partition is of, and what is between. */
function wholesOf(partition: CatalogObject, { objects }: Pick<Model, "objects">): string[] {
  const { of } = partitionFacts.parse(partition.facts);
  const between = objects.get(keyOf("partition", of));
  return [of, ...(between === undefined ? [] : wholesOf(between, { objects }))];
}

/** An index, a primary key or a unique constraint in the place of another: by its name, its columns, or as primary. */
function isKeyPair(successor: Successor, drop: Predecessor): boolean {
  const [made, gone] = [columnsOf(successor), columnsOf(drop)];
  if (made === undefined || gone === undefined || isTemporary(drop)) return false;
  if (drop.kind === "dropIndex" && !drop.index.valid) return false;
  if (isPrimary(successor) && isPrimary(drop)) return true;
  return successor.name === drop.name || made.join() === gone.join();
}

const isSameConstraint = (successor: Successor, drop: Predecessor): boolean =>
  successor.kind === "addConstraint" &&
  drop.kind === "dropConstraint" &&
  successor.name === drop.name &&
  successor.constraint.kind === drop.constraint.kind &&
  (drop.constraint.kind === "check" || drop.constraint.kind === "foreignKey");

/** What an index is on; undefined of a constraint that no index can become. */
function columnsOf(change: Successor | Predecessor): readonly string[] | undefined {
  if ("index" in change) return change.index.keys.map((key) => key.replace(/^"(.*)"$/, "$1"));
  const { kind, columns } = change.constraint;
  return kind === "primaryKey" || kind === "unique" ? columns : undefined;
}

const isPrimary = (change: Successor | Predecessor): boolean =>
  "constraint" in change && change.constraint.kind === "primaryKey";

const isTemporary = ({ name }: Predecessor): boolean => name.startsWith(temporaryName("index", ""));

/** Names of indexes are the schema's: another change may need this one. */
const isNameWanted = (changes: readonly Change[], drop: Predecessor, successor: Successor): boolean =>
  changes.some(
    (change) =>
      (change.kind === "createIndex" || change.kind === "addConstraint") &&
      change !== successor &&
      change.name === drop.name &&
      (change.table === drop.table ||
        ("index" in change && splitName(change.table).schema === splitName(drop.table).schema)),
  );

const isPartitioned = ({ tables }: Model, table: string): boolean =>
  tables.get(table)?.partitionBy !== undefined;
