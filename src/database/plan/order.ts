import type { Change } from "../diff/change.ts";
import { isOverload } from "../diff/overload.ts";
import { columnKeys } from "../diff/remake-parts.ts";
import { type Key, keyOf } from "../model/catalog-object.ts";
import type { Model } from "../model/model.ts";
import { type Effect, effectOf } from "./effect.ts";
import { phaseOf } from "./phase.ts";

/**
 * Changes in an order in which Postgres accepts them. What something rests on is made before it (by what the desired
 * database rests on) and dropped after it (by what the live one does). Where that leaves a choice, the phase decides,
 * then the order of the declaration.
 */
export function inOrder(changes: readonly Change[], live: Model, desired: Model): Change[] {
  const nodes = changes.map((change, index) => ({
    change,
    index,
    phase: phaseOf(change),
    effect: withColumns(change, live),
  }));
  const retypes = new Set(nodes.flatMap(({ change, index }) => (change.kind === "changeType" ? index : [])));
  const makers = byKey(nodes, ({ effect }) => effect.makes);
  const droppers = byKey(nodes, ({ effect }) => effect.drops);
  const edges = new Set<string>();
  const next: number[][] = nodes.map(() => []);
  const waiting = nodes.map(() => 0);
  const before = (first: number, second: number): void => {
    const edge = `${first} ${second}`;
    if (first === second || edges.has(edge)) return;
    edges.add(edge);
    next[first]?.push(second);
    waiting[second] = (waiting[second] ?? 0) + 1;
  };
  for (const { index, effect, change } of nodes) {
    // The bounds of an identity must be those of the smaller type before it is that.
    if (change.kind === "changeType" && isNarrowing(change.from.type, change.to.type))
      for (const other of makers.get(keyOf("column", change.column, change.table)) ?? [])
        if (nodes[other]?.change.kind === "alterTable") before(other, index);
    if (change.kind === "alterTable")
      for (const key of [keyOf("table", change.table), change.of])
        for (const maker of makers.get(key) ?? [])
          if (makesWhole.has(nodes[maker]?.change.kind)) before(maker, index);
    for (const key of effect.makes) {
      const needs = restsOn(key, desired);
      for (const on of needs)
        if (!effect.makes.includes(on)) for (const maker of makers.get(on) ?? []) before(maker, index);
      const own = droppers.get(key) ?? [];
      for (const dropper of own) before(dropper, index);
      // Two functions of one name are never there together where a call could mean either.
      const isMadeAnew = own.length > 0 || droppers.has(columnOrDefault(key));
      const others = overloadsOf(needs, droppers).filter(
        (other) => isMadeAnew || !restsOn(key, live).has(other),
      );
      for (const other of others) for (const dropper of droppers.get(other) ?? []) before(dropper, index);
      // What is changed in place lets go of what it rested on.
      if (own.length > 0) continue;
      for (const on of restsOn(key, live)) {
        if (needs.has(on) || others.includes(on)) continue;
        for (const dropper of droppers.get(on) ?? []) before(index, dropper);
        for (const maker of makers.get(on) ?? []) if (retypes.has(maker)) before(index, maker);
      }
    }
    for (const key of effect.drops)
      for (const on of restsOn(key, live)) {
        for (const dropper of droppers.get(on) ?? []) before(index, dropper);
        for (const maker of makers.get(on) ?? []) before(index, maker);
      }
  }
  return sorted(nodes, next, waiting).map(({ change }) => change);
}

const integers = ["smallint", "integer", "bigint"];
const isNarrowing = (from: string, to: string): boolean =>
  integers.includes(to) && integers.indexOf(to) < integers.indexOf(from);

/** What is set of a table or a column is set after it is made, which a function in a check or a default can delay. */
const makesWhole: ReadonlySet<Change["kind"] | undefined> = new Set(["createTable", "addColumn"]);

/** The column of a default, and the default of a column, which Postgres tells no apart in what they rest on. */
const columnOrDefault = (key: Key): Key =>
  key.replace(/^(?:column|default):/, (kind) => (kind === "column:" ? "default:" : "column:"));

/** What something rests on; a default does by its column. */
const restsOn = (key: Key, { dependencies }: Model): ReadonlySet<Key> =>
  dependencies.get(key.replace(/^default:/, "column:")) ?? nothing;
const nothing: ReadonlySet<Key> = new Set();

/** The functions that go and have the name of one that is needed. */
const overloadsOf = (needs: ReadonlySet<Key>, droppers: ReadonlyMap<Key, unknown>): Key[] => {
  const routines = [...needs].filter((key) => key.startsWith("routine:"));
  if (routines.length === 0) return [];
  return [...droppers.keys()].filter(
    (key) => !needs.has(key) && routines.some((needed) => isOverload(key, needed)),
  );
};

/** A table goes with its columns, on which other things rest. */
function withColumns(change: Change, live: Model): Effect {
  const effect = effectOf(change);
  return change.kind === "dropTable"
    ? { ...effect, drops: [...effect.drops, ...columnKeys(change.table, live)] }
    : effect;
}

type Node = { change: Change; index: number; phase: number; effect: Effect };

/** Kahn's algorithm. Of a circle, which only a change of what rests on itself could make, the first phase goes first. */
function sorted(nodes: readonly Node[], next: readonly (readonly number[])[], waiting: number[]): Node[] {
  const ranked = nodes.toSorted((a, b) => a.phase - b.phase || a.index - b.index);
  const rankOf = new Map(ranked.map(({ index }, rank) => [index, rank]));
  // The ranks of those that wait for nothing, falling.
  const ready = [...ranked.keys()].filter((rank) => waiting[ranked[rank]?.index ?? -1] === 0).reverse();
  const done = new Set<Node>();
  let first = 0;
  while (done.size < ranked.length) {
    for (let node = ranked[first]; node !== undefined && done.has(node); node = ranked[first]) first += 1;
    const chosen = ranked[ready.pop() ?? first];
    if (chosen === undefined || done.has(chosen)) continue;
    done.add(chosen);
    for (const follower of next[chosen.index] ?? []) {
      const left = (waiting[follower] ?? 0) - 1;
      waiting[follower] = left;
      if (left === 0) insert(ready, rankOf.get(follower) ?? 0);
    }
  }
  return [...done];
}

/** Puts a number in its place among falling ones. */
function insert(falling: number[], number: number): void {
  let [low, high] = [0, falling.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((falling[middle] ?? 0) > number) low = middle + 1;
    else high = middle;
  }
  falling.splice(low, 0, number);
}

function byKey(nodes: readonly Node[], keysOf: (node: Node) => readonly Key[]): ReadonlyMap<Key, number[]> {
  const found = new Map<Key, number[]>();
  for (const node of nodes)
    for (const key of keysOf(node)) {
      const known = found.get(key);
      if (known === undefined) found.set(key, [node.index]);
      else known.push(node.index);
    }
  return found;
}
