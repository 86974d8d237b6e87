import { splitName } from "../database/identifier.ts";
import type { Entity, EntityGraph, Relation } from "./entity-graph.ts";
import { layoutOf, type Place, type Size } from "./layout.ts";

/** A schema and where its tables are. */
export type Group = { schema: string; x: number; y: number; width: number; height: number };
/** A whole diagram, placed. `bends` has the points that a relation passes on its way. */
export type Placed = {
  groups: Group[];
  places: ReadonlyMap<string, Place>;
  bends: ReadonlyMap<Relation, readonly Place[]>;
  width: number;
  height: number;
};

const margin = 24;
const title = 28;
const gap = 28;

/** Places the tables of each schema by themselves, and the schemas beneath each other. */
export function placeGroups({ entities, relations }: EntityGraph, sizeOf: (entity: Entity) => Size): Placed {
  const bySchema = Map.groupBy(entities, ({ name }) => splitName(name).schema);
  const isFramed = bySchema.size > 1;
  const inner = isFramed ? margin : 0;
  const [groups, places, bends] = [[] as Group[], new Map<string, Place>(), new Map<Relation, Place[]>()];
  let y = margin;
  for (const [schema, members] of bySchema) {
    const own = relations.filter(
      ({ from, to }) => splitName(from).schema === schema && splitName(to).schema === schema,
    );
    const origin = { x: margin + inner, y: y + inner + (isFramed ? title : 0) };
    const size = placeMembers(members, own, sizeOf, origin, places, bends);
    const group = {
      schema,
      x: margin,
      y,
      width: size.width + 2 * inner,
      height: size.height + 2 * inner + (isFramed ? title : 0),
    };
    groups.push(group);
    y += group.height + gap * 2;
  }
  return {
    groups: isFramed ? groups : [],
    places,
    bends,
    width: Math.max(0, ...groups.map(({ width }) => width)) + 2 * margin,
    height: Math.max(2 * margin, y - gap * 2 + margin),
  };
}

/** Those that are related in layers, the others in rows beneath. */
function placeMembers(
  members: readonly Entity[],
  relations: readonly Relation[],
  sizeOf: (entity: Entity) => Size,
  origin: Place,
  places: Map<string, Place>,
  bends: Map<Relation, Place[]>,
): Size {
  const names = new Set(relations.flatMap(({ from, to }) => (from === to ? [] : [from, to])));
  const related = members.filter(({ name }) => names.has(name));
  const numberOf = new Map(related.map(({ name }, number) => [name, number]));
  const drawn = relations.filter(({ from, to }) => from !== to);
  const layout = layoutOf(
    related.map(sizeOf),
    drawn.map(({ from, to }) => ({ from: numberOf.get(from) ?? 0, to: numberOf.get(to) ?? 0 })),
  );
  const moved = ({ x, y }: Place): Place => ({ x: x + origin.x, y: y + origin.y });
  for (const [at, { name }] of related.entries())
    places.set(name, moved(layout.places[at] ?? { x: 0, y: 0 }));
  for (const [at, relation] of drawn.entries()) bends.set(relation, (layout.bends[at] ?? []).map(moved));
  const alone = members.filter(({ name }) => !names.has(name));
  const area = alone.map(sizeOf).reduce((sum, { width, height }) => sum + (width + gap) * (height + gap), 0);
  const room = Math.max(layout.width, Math.sqrt(area * 1.6));
  let [x, y, rowHeight, width] = [0, layout.height === 0 ? 0 : layout.height + gap, 0, layout.width];
  for (const entity of alone) {
    const size = sizeOf(entity);
    if (x > 0 && x + size.width > room) [x, y, rowHeight] = [0, y + rowHeight + gap, 0];
    places.set(entity.name, moved({ x, y }));
    width = Math.max(width, x + size.width);
    x += size.width + gap;
    rowHeight = Math.max(rowHeight, size.height);
  }
  return { width, height: alone.length === 0 ? layout.height : y + rowHeight };
}
