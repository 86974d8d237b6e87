/** An edge between two nodes, by their numbers. `from` is drawn to the right of `to` wherever it can be. */
export type Edge = { from: number; to: number };

/**
 * A layer for each node, so that an edge leads from a higher to a lower one: the longest way to a node without edges.
 * Of a circle, the edge that closes it runs the other way. Layers that would be higher than `limit` are split.
 */
export function layersOf(heights: readonly number[], edges: readonly Edge[], limit: number): number[][] {
  const targets = withoutCircles(heights.length, edges);
  const layerOf = heights.map(() => -1);
  const visit = (node: number): number => {
    const known = layerOf[node] ?? -1;
    if (known >= 0) return known;
    const layer = Math.max(-1, ...(targets[node] ?? []).map(visit)) + 1;
    layerOf[node] = layer;
    return layer;
  };
  const layers: number[][] = [];
  for (const node of heights.keys()) {
    const layer = visit(node);
    while (layers.length <= layer) layers.push([]);
    layers[layer]?.push(node);
  }
  return layers.flatMap((layer) => split(layer, heights, limit));
}

/** For each node, where its edges lead, those that close a circle turned around. */
function withoutCircles(count: number, edges: readonly Edge[]): number[][] {
  const targets = Array.from({ length: count }, (): number[] => []);
  for (const { from, to } of edges) if (from !== to) targets[from]?.push(to);
  const kept = Array.from({ length: count }, (): number[] => []);
  const state = Array.from({ length: count }, () => "new" as "new" | "open" | "done");
  const visit = (node: number): void => {
    state[node] = "open";
    for (const target of targets[node] ?? []) {
      if (state[target] === "open") kept[target]?.push(node);
      else kept[node]?.push(target);
      if (state[target] === "new") visit(target);
    }
    state[node] = "done";
  };
  for (let node = 0; node < count; node += 1) if (state[node] === "new") visit(node);
  return kept;
}

function split(layer: readonly number[], heights: readonly number[], limit: number): number[][] {
  const total = layer.reduce((sum, node) => sum + (heights[node] ?? 0), 0);
  const share = total / Math.max(1, Math.ceil(total / limit));
  const parts: number[][] = [[]];
  let height = 0;
  for (const node of layer) {
    const own = heights[node] ?? 0;
    if (height > 0 && height + own / 2 > share) {
      parts.push([]);
      height = 0;
    }
    parts.at(-1)?.push(node);
    height += own;
  }
  return parts;
}
