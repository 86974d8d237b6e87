import type { Entity, EntityColumn, EntityGraph, Relation } from "./entity-graph.ts";
import { type Group, placeGroups } from "./groups.ts";
import type { Place, Size } from "./layout.ts";
import { markers, style } from "./svg-style.ts";

/** Measures in pixels; `letter` is the width of one of the font's. */
const box = { head: 28, row: 18, foot: 6, letter: 7.3, pad: 10, keys: 44, least: 120 };

/**
 * A graph as an SVG image that needs nothing beside itself: no script, no font, no browser to make it. Dark where the
 * reader's system is. The same graph gives the same bytes.
 */
export function svgOf(graph: EntityGraph): string {
  const { groups, places, bends, width, height } = placeGroups(graph, sizeOf);
  const byName = new Map(graph.entities.map((entity) => [entity.name, entity]));
  const relations = graph.relations.flatMap((relation) => {
    const [from, to] = [byName.get(relation.from), byName.get(relation.to)];
    const [start, end] = [places.get(relation.from), places.get(relation.to)];
    if (from === undefined || to === undefined || start === undefined || end === undefined) return [];
    return [
      relationSvg(relation, { entity: from, at: start }, { entity: to, at: end }, bends.get(relation) ?? []),
    ];
  });
  const [wide, high] = [Math.ceil(width), Math.ceil(height)];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${wide} ${high}" width="${wide}" height="${high}" role="img">`,
    `<title>${graph.entities.length} tables, ${relations.length} relations</title>`,
    `<style>${style}</style>`,
    `<defs>${markers}</defs>`,
    `<rect class="page" width="100%" height="100%"/>`,
    ...groups.map(groupSvg),
    ...relations,
    ...graph.entities.map((entity) => entitySvg(entity, places.get(entity.name) ?? { x: 0, y: 0 })),
    "</svg>",
    "",
  ].join("\n");
}

function sizeOf({ name, columns }: Entity): Size {
  const longest = Math.max(0, ...columns.map((column) => column.name.length + typeText(column).length + 2));
  const row = box.keys + longest * box.letter + box.pad;
  const head = name.length * box.letter * 1.1 + 2 * box.pad;
  return {
    width: Math.ceil(Math.max(box.least, row, head)),
    height: box.head + columns.length * box.row + (columns.length === 0 ? 0 : box.foot),
  };
}

const typeText = ({ type, nullable }: EntityColumn): string => (nullable ? `${type}?` : type);

function entitySvg(entity: Entity, { x, y }: Place): string {
  const { width, height } = sizeOf(entity);
  const rows = entity.columns.map((column, at) => {
    const base = box.head + at * box.row + 15;
    const marks =
      column.keys.length === 0
        ? ""
        : `<text class="key" x="${box.pad}" y="${base}">${column.keys.join(" ")}</text>`;
    return `${marks}<text x="${box.keys}" y="${base}">${escaped(column.name)}</text><text class="type" x="${width - box.pad}" y="${base}">${escaped(typeText(column))}</text>`;
  });
  return [
    `<g class="table" transform="translate(${x} ${y})">`,
    `<rect class="body" width="${width}" height="${height}" rx="5"/>`,
    `<path class="head" d="M0 ${box.head}V5a5 5 0 0 1 5 -5H${width - 5}a5 5 0 0 1 5 5V${box.head}Z"/>`,
    `<text class="name" x="${box.pad}" y="19">${escaped(entity.name)}</text>`,
    ...rows,
    "</g>",
  ].join("\n");
}

const groupSvg = ({ schema, x, y, width, height }: Group): string =>
  `<g class="group"><rect x="${x}" y="${y}" width="${width}" height="${height}" rx="8"/><text x="${x + 14}" y="${y + 22}">${escaped(schema)}</text></g>`;

type Seat = { entity: Entity; at: Place };

function relationSvg(relation: Relation, from: Seat, to: Seat, bends: readonly Place[]): string {
  const [near, far] = sidesOf(from, to, bends);
  const start = seatPoint(from, relation.columns, near);
  const end = seatPoint(to, relation.references, far);
  const points = [start, ...bends, end];
  const label = `${relation.from} (${relation.columns.join(", ")}) refers to ${relation.to} (${relation.references.join(", ")}): ${relation.name}`;
  const ends = `marker-start="url(#${relation.one ? "zero-or-one" : "many"})" marker-end="url(#${relation.optional ? "zero-or-one" : "one"})"`;
  return `<path class="relation" d="${curve(points, near, far)}" ${ends}><title>${escaped(label)}</title></path>`;
}

type Side = "left" | "right";

/** On which sides a relation leaves and arrives: those that face each other, or both on the right. */
function sidesOf(from: Seat, to: Seat, bends: readonly Place[]): readonly [Side, Side] {
  const right = ({ entity, at }: Seat): number => at.x + sizeOf(entity).width;
  const [first = to.at] = bends;
  if (from.entity !== to.entity && right(to) <= from.at.x && first.x <= from.at.x) return ["left", "right"];
  if (from.entity !== to.entity && right(from) <= to.at.x) return ["right", "left"];
  return ["right", "right"];
}

/** The point beside the first of the columns. */
function seatPoint({ entity, at }: Seat, columns: readonly string[], side: Side): Place {
  const row = Math.max(
    0,
    entity.columns.findIndex(({ name }) => name === columns[0]),
  );
  return {
    x: side === "left" ? at.x : at.x + sizeOf(entity).width,
    y: at.y + box.head + row * box.row + box.row / 2,
  };
}

/** A line through points that leaves and arrives level. */
function curve(points: readonly Place[], near: Side, far: Side): string {
  const [start] = points;
  if (start === undefined) return "";
  const pieces = points.slice(1).map((point, at) => {
    const before = points[at] ?? start;
    const isLast = at === points.length - 2;
    // Between its two ends, a point and the next are the sides of one layer, which is passed straight.
    if (!isLast && at % 2 === 1) return `H${point.x}`;
    const reach = near === far ? 40 : Math.max(24, Math.abs(point.x - before.x) / 2);
    const out = before.x + (near === "left" ? -reach : reach);
    const into = point.x + (far === "left" ? -reach : reach);
    return `C${out} ${before.y} ${into} ${point.y} ${point.x} ${point.y}`;
  });
  return `M${start.x} ${start.y}${pieces.join("")}`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text for XML, without the characters that it cannot hold (XML 1.0, 2.2). */
const escaped = (text: string): string =>
  text
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "")
    .replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
