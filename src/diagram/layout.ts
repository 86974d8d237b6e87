import { type Edge, layersOf } from "./layers.ts";

/** A box to be placed. */
export type Size = { width: number; height: number };
/** Where its top left corner is. */
export type Place = { x: number; y: number };
/** Where everything is. `bends` has, for each edge, the points that it passes between other boxes on its way. */
export type Layout = { places: Place[]; bends: Place[][]; width: number; height: number };

const gaps = { layer: 70, box: 24, bend: 14, sweeps: 12 };

/** One thing in a layer: a box, or the place where an edge passes. */
type Slot = {
  layer: number;
  height: number;
  y: number;
  box?: number;
  neighbours: { left: Slot[]; right: Slot[] };
};

/** The slots that an edge passes, in its direction. */
type Pass = { slots: readonly Slot[]; leftward: boolean };

/**
 * Places boxes in layers from left to right, so that edges lead from right to left and cross little: Sugiyama's
 * method, with barycentres. The same input gives the same layout.
 */
export function layoutOf(sizes: readonly Size[], edges: readonly Edge[]): Layout {
  const area = sizes.reduce((sum, { width, height }) => sum + (width + gaps.layer) * (height + gaps.box), 0);
  const limit = Math.max(600, Math.sqrt(area));
  const heights = sizes.map(({ height }) => height + gaps.box);
  const boxes = layersOf(heights, edges, limit);
  const slots: Slot[][] = boxes.map((layer, at) =>
    layer.map((box) => ({
      layer: at,
      box,
      height: sizes[box]?.height ?? 0,
      y: 0,
      neighbours: { left: [], right: [] },
    })),
  );
  const slotOf = new Map(slots.flat().map((slot) => [slot.box, slot]));
  const passes = edges.map(({ from, to }) => {
    const [start, end] = [slotOf.get(from), slotOf.get(to)];
    return start === undefined || end === undefined || from === to
      ? { slots: [], leftward: true }
      : { slots: connect(start, end, slots), leftward: start.layer > end.layer };
  });
  for (let sweep = 0; sweep < gaps.sweeps; sweep += 1) sortLayers(slots, sweep % 2 === 0 ? "left" : "right");
  for (const layer of slots) stack(layer, () => undefined);
  for (let sweep = 0; sweep < gaps.sweeps; sweep += 1) {
    const side = sweep % 2 === 0 ? "left" : "right";
    for (const layer of side === "left" ? slots : slots.toReversed())
      stack(layer, ({ neighbours }) => average(neighbours[side].map(middleOf)));
  }
  return placed(sizes, slots, passes);
}

/** Puts a slot into each layer that an edge passes; gives them in the direction of the edge. */
function connect(start: Slot, end: Slot, slots: Slot[][]): Slot[] {
  const [right, left] = start.layer > end.layer ? [start, end] : [end, start];
  const between: Slot[] = [];
  for (let layer = right.layer - 1; layer > left.layer; layer -= 1) {
    const slot: Slot = { layer, height: 0, y: 0, neighbours: { left: [], right: [] } };
    slots[layer]?.push(slot);
    between.push(slot);
  }
  const chain = [right, ...between, left];
  chain.forEach((slot, at) => {
    const next = chain[at + 1];
    if (next === undefined) return;
    slot.neighbours.left.push(next);
    next.neighbours.right.push(slot);
  });
  return start === right ? between : between.toReversed();
}

function sortLayers(slots: readonly Slot[][], side: "left" | "right"): void {
  const position = new Map<Slot, number>();
  const number = (layer: readonly Slot[]): void => {
    for (const [at, slot] of layer.entries()) position.set(slot, (at + 0.5) / layer.length);
  };
  for (const layer of slots) number(layer);
  for (const layer of side === "left" ? slots : slots.toReversed()) {
    const centre = new Map(
      layer.map((slot) => [
        slot,
        average(slot.neighbours[side].map((each) => position.get(each) ?? 0)) ?? position.get(slot) ?? 0,
      ]),
    );
    layer.sort((a, b) => (centre.get(a) ?? 0) - (centre.get(b) ?? 0));
    number(layer);
  }
}

/** Gives each slot of a layer the place that it wants, as far as those above and below leave it. */
function stack(layer: readonly Slot[], wanted: (slot: Slot) => number | undefined): void {
  const wishes = layer.map((slot) => (wanted(slot) ?? middleOf(slot)) - slot.height / 2);
  const room = (above: Slot, below: Slot): number =>
    above.height + (above.box === undefined || below.box === undefined ? gaps.bend : gaps.box);
  const down = [...wishes];
  const up = [...wishes];
  for (const [at, slot] of layer.entries()) {
    const above = layer[at - 1];
    if (above !== undefined) down[at] = Math.max(down[at] ?? 0, (down[at - 1] ?? 0) + room(above, slot));
  }
  for (let at = layer.length - 2; at >= 0; at -= 1) {
    const [slot, below] = [layer[at], layer[at + 1]];
    if (slot !== undefined && below !== undefined)
      up[at] = Math.min(up[at] ?? 0, (up[at + 1] ?? 0) - room(slot, below));
  }
  // Both keep their distances, so what is halfway between them keeps them as well.
  for (const [at, slot] of layer.entries()) slot.y = ((down[at] ?? 0) + (up[at] ?? 0)) / 2;
}

function placed(sizes: readonly Size[], slots: readonly Slot[][], passes: readonly Pass[]): Layout {
  const top = Math.min(0, ...slots.flat().map(({ y }) => y));
  const lefts: number[] = [];
  let right = 0;
  for (const layer of slots) {
    lefts.push(right);
    right += Math.max(0, ...layer.map(({ box }) => sizes[box ?? -1]?.width ?? 0)) + gaps.layer;
  }
  const widthOf = (layer: number): number => (lefts[layer + 1] ?? right) - (lefts[layer] ?? 0) - gaps.layer;
  const places = sizes.map((): Place => ({ x: 0, y: 0 }));
  for (const { box, layer, y } of slots.flat())
    if (box !== undefined) places[box] = { x: lefts[layer] ?? 0, y: Math.round(y - top) };
  return {
    places,
    bends: passes.map(({ slots: pass, leftward }) =>
      pass.flatMap(({ layer, y }) => {
        const near = lefts[layer] ?? 0;
        const far = near + widthOf(layer);
        return (leftward ? [far, near] : [near, far]).map((x) => ({ x, y: Math.round(y - top) }));
      }),
    ),
    width: Math.max(0, right - gaps.layer),
    height: Math.max(0, ...slots.flat().map(({ y, height }) => Math.round(y - top) + height)),
  };
}

const middleOf = ({ y, height }: Slot): number => y + height / 2;

const average = (numbers: readonly number[]): number | undefined =>
  numbers.length === 0 ? undefined : numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
