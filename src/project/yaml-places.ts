import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Pair,
  type YAMLMap,
} from "yaml";
import type { Location } from "../core/diagnostic.ts";
import type { Part, Path, Range } from "./project.ts";
import { offsetInSource } from "./scalar-text.ts";
import { placesIn } from "./text-position.ts";

/** The place of a value or its key; `within` narrows a text to some of its characters. */
export type PlaceInYaml = (path: Path, part?: Part, within?: Range) => Location;

/** Where the parts of a document stand: of the nearest thing around it where one is not there. */
export function placesInYaml(document: Document.Parsed, text: string, file: string): PlaceInYaml {
  const placeOf = placesIn(file, text);
  const pairsOf = pairsByKey();
  return (path, part = "value", within) => {
    let node: unknown = document.contents;
    let place = rangeOf(node) ?? [0, 1];
    for (const [index, step] of path.entries()) {
      if (isAlias(node)) node = node.resolve(document);
      if (isMap(node)) {
        const pair = pairsOf(node).get(step);
        if (pair === undefined) break;
        const key = rangeOf(pair.key);
        const value = rangeOf(pair.value);
        const asKey =
          value === undefined || isBlock(pair.value, text) || (part === "key" && index === path.length - 1);
        place = (asKey ? key : value) ?? place;
        node = pair.value;
      } else if (isSeq(node) && typeof step === "number") {
        node = node.items[step];
        if (isPair(node)) break;
        const value = rangeOf(node);
        if (value === undefined) break;
        place = isBlock(node, text) ? [value[0], value[0] + 1] : value;
      } else break;
    }
    const start = within && isScalar(node) ? offsetInSource(node, text, within.start) : undefined;
    if (within !== undefined && start !== undefined) return placeOf(start, start + within.end - within.start);
    return placeOf(place[0], place[1]);
  };
}

function rangeOf(node: unknown): [number, number] | undefined {
  if (typeof node !== "object" || node === null || !("range" in node)) return undefined;
  const range = node.range;
  if (!Array.isArray(range)) return undefined;
  const [start, end] = range;
  return typeof start === "number" && typeof end === "number" && end > start ? [start, end] : undefined;
}

/** A collection that is not in brackets on one line is shown by its key: underlining all of it would say nothing. */
function isBlock(node: unknown, text: string): boolean {
  const range = isCollection(node) ? rangeOf(node) : undefined;
  return (
    isCollection(node) && (node.flow !== true || (range !== undefined && text.slice(...range).includes("\n")))
  );
}

/** The pairs of a mapping by their keys, counted when the mapping is first asked for one. */
function pairsByKey(): (map: YAMLMap) => ReadonlyMap<unknown, Pair> {
  const known = new WeakMap<YAMLMap, ReadonlyMap<unknown, Pair>>();
  return (map) => {
    const found = known.get(map);
    if (found !== undefined) return found;
    const pairs = new Map<unknown, Pair>();
    for (const pair of map.items)
      if (isScalar(pair.key) && !pairs.has(pair.key.value)) pairs.set(pair.key.value, pair);
    known.set(map, pairs);
    return pairs;
  };
}
