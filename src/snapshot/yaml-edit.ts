import { isDeepStrictEqual } from "node:util";
import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  type YAMLMap,
} from "yaml";
import { mergeLines } from "./merge-lines.ts";
import type { Value } from "./table-part.ts";
import { yamlNode, yamlText } from "./yaml-node.ts";

/** Where a value stands in a document. */
export type EditPath = readonly (string | number)[];

/** A file of YAML that is changed here and there, and stays as it is everywhere else. */
export interface YamlEdit {
  get(path: EditPath): unknown;
  /** The keys of the mapping there. */
  keys(path: EditPath): string[];
  /** Sets a member, at the end of its mapping or behind the member `after`; nothing where it has that value. */
  set(path: EditPath, value: Value, options?: { depth?: number; after?: string | undefined }): void;
  /** Adds an item to a list, which is made where it is not there. */
  append(path: EditPath, value: Value): void;
  /** Makes a list hold these scalars in this order; an item that is there stays as it is written. */
  arrange(path: EditPath, values: readonly Value[]): void;
  /** Takes a member or an item away, and the collections around it that it leaves empty. */
  remove(path: EditPath): void;
  /** Gives a member another key. */
  rename(path: EditPath, key: string): void;
  text(): string;
}

/** Opens the text of a file, of a new one with an empty text. */
export function editYaml(text: string): YamlEdit {
  const document: Document = parseDocument(text, {
    version: "1.2",
    stringKeys: true,
    keepSourceTokens: false,
  });
  const before =
    text.trim() === "" ? "" : yamlText(parseDocument(text, { version: "1.2", stringKeys: true }));
  let changed = false;

  const own = (path: EditPath): unknown => {
    // An alias stands for what is written elsewhere, which a change of this place must not change.
    for (let length = 1; length <= path.length; length += 1) {
      const node = document.getIn(path.slice(0, length), true);
      if (isAlias(node)) document.setIn(path.slice(0, length), document.createNode(node.toJS(document)));
    }
    return path.length === 0 ? document.contents : document.getIn(path, true);
  };
  const plainOf = (node: unknown): unknown => (isNode(node) ? node.toJS(document) : node);
  const mapAt = (path: EditPath): YAMLMap => {
    const node = own(path);
    if (isMap(node)) return node;
    const map = document.createNode({});
    if (!isMap(map)) throw new TypeError("An empty mapping is none.");
    if (path.length === 0) document.contents = map;
    else mapAt(path.slice(0, -1)).set(path.at(-1), map);
    return map;
  };

  return {
    get: (path) => plainOf(own(path)),
    keys(path) {
      const node = own(path);
      return isMap(node) ? node.items.flatMap(({ key }) => (isScalar(key) ? [String(key.value)] : [])) : [];
    },
    set(path, value, { depth = 0, after } = {}) {
      const node = own(path);
      if (node !== undefined && isDeepStrictEqual(plainOf(node), value)) return;
      changed = true;
      const key = path.at(-1);
      if (isScalar(node) && (typeof value !== "object" || value === null)) {
        node.value = value;
        if (typeof value === "string" && value.includes("\n")) node.type = "BLOCK_LITERAL";
        return;
      }
      const parent = typeof key === "number" ? own(path.slice(0, -1)) : mapAt(path.slice(0, -1));
      if (!isCollection(parent)) return;
      const fresh = yamlNode(document, value, parent.flow ? 0 : depth);
      if (parent.flow && String(fresh).includes("\n")) parent.flow = false;
      if (isNode(node)) {
        if (node.comment) fresh.comment = node.comment;
        if (node.commentBefore) fresh.commentBefore = node.commentBefore;
        if (node.spaceBefore) fresh.spaceBefore = true;
      }
      if (node !== undefined || !isMap(parent)) parent.set(key, fresh);
      else insert(parent, document.createPair(key, fresh), { after, isApart: isApart(path, parent, fresh) });
    },
    append(path, value) {
      changed = true;
      const node = own(path);
      const list = isSeq(node) ? node : document.createNode([]);
      if (list !== node) mapAt(path.slice(0, -1)).set(path.at(-1), list);
      const item = yamlNode(document, value, 0);
      if (isSeq(list)) {
        if (list.flow && (isCollection(item) || list.items.length === 0)) list.flow = false;
        list.items.push(item);
      }
    },
    arrange(path, values) {
      const list = own(path);
      if (!isSeq(list)) return;
      changed = true;
      const valueIn = (item: unknown): unknown =>
        isMap(item) ? item.get("value") : isScalar(item) ? item.value : item;
      const present = new Map(list.items.map((item) => [valueIn(item), item]));
      list.items = values.map((value) => present.get(value) ?? document.createNode(value));
    },
    remove(path) {
      if (own(path) === undefined) return;
      changed = true;
      document.deleteIn(path);
      for (let length = path.length - 1; length > 0; length -= 1) {
        const around = own(path.slice(0, length));
        if (!isCollection(around) || around.items.length > 0) return;
        document.deleteIn(path.slice(0, length));
      }
    },
    rename(path, key) {
      const parent = own(path.slice(0, -1));
      if (!isMap(parent)) return;
      for (const pair of parent.items)
        if (isScalar(pair.key) && pair.key.value === path.at(-1)) {
          pair.key.value = key;
          changed = true;
        }
    },
    text: () => (changed ? mergeLines(text, before, yamlText(document)) : text),
  };
}

/** Whether an empty line stands before a new member: before a section, and before what is long in one. */
const isApart = (path: EditPath, parent: YAMLMap, fresh: Node): boolean =>
  path.length === 1
    ? parent.items.length > 0
    : path.length === 2 && parent.items.length > 0 && isCollection(fresh) && fresh.flow !== true;

function insert(
  map: YAMLMap,
  pair: Pair,
  { after, isApart: apart }: { after: string | undefined; isApart: boolean },
): void {
  if (apart && isScalar(pair.key)) pair.key.spaceBefore = true;
  const index = map.items.findIndex(({ key }) => isScalar(key) && key.value === after);
  if (after === undefined || index < 0) map.items.push(pair);
  else map.items.splice(index + 1, 0, pair);
}
