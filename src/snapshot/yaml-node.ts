import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  type Node,
  Scalar,
  stringify,
  visit,
  YAMLMap,
  YAMLSeq,
} from "yaml";
import type { Value } from "./table-part.ts";

/** How YAML is written: one line stays one line. */
const yamlStyle = { lineWidth: 0, minContentWidth: 0 } as const;

/** A document as text, with `[a, b]` and `{ a: b }`: the library knows one manner for both. */
export function yamlText(document: Document): string {
  const padded = <T extends YAMLMap | YAMLSeq>(node: T, padding: string, write: T["toString"]): void => {
    node.toString = (context, ...rest) =>
      write.call(node, context && { ...context, flowCollectionPadding: padding }, ...rest);
  };
  visit(document, {
    Map: (_, node) => padded(node, " ", YAMLMap.prototype.toString),
    Seq: (_, node) => padded(node, "", YAMLSeq.prototype.toString),
  });
  return document.toString(yamlStyle);
}

const longestFlow = 96;

/** Keys whose value is written over several lines, however short it is. */
const tall = new Set(["columns", "checks", "triggers", "policies", "partitions", "attributes"]);

/**
 * A value as YAML that people like to read: what fits on one line is on one, text of several lines is a block. `depth`:
 * so many levels of it are never on one line.
 */
export function yamlNode(document: Document, value: Value, depth: number): Node {
  const node = document.createNode(value);
  style(node, value, depth);
  return node;
}

function style(node: unknown, value: Value, depth: number): void {
  if (
    isScalar(node) &&
    typeof node.value === "string" &&
    node.value.includes("\n") &&
    isPlainText(node.value)
  )
    node.type = Scalar.BLOCK_LITERAL;
  if (!isMap(node) && !isSeq(node)) return;
  if (depth <= 0 && fitsOneLine(value)) {
    node.flow = true;
    return;
  }
  if (isSeq(node) && Array.isArray(value)) {
    node.items.forEach((item, index) => {
      style(item, value[index] ?? null, depth - 1);
    });
    return;
  }
  if (!isMap(node) || typeof value !== "object" || value === null) return;
  const members = new Map(Object.entries(value));
  for (const { key, value: member } of node.items) {
    const name = isScalar(key) ? String(key.value) : "";
    const own = members.get(name) ?? null;
    style(member, own, tall.has(name) && !Array.isArray(own) ? Math.max(depth - 1, 1) : depth - 1);
  }
}

/** Whether a block keeps the text as it is: no line ends in a space, none holds a character that is not shown. */
const isPlainText = (text: string): boolean => !/[ \t]\n|[^\P{Cc}\n\t]|[\u2028\u2029\ufeff]/u.test(text);

const fitsOneLine = (value: Value): boolean => {
  const text = JSON.stringify(value);
  if (text.includes("\\n")) return false;
  return (
    text.length <= 2 * longestFlow &&
    stringify(value, { ...yamlStyle, collectionStyle: "flow" }).trim().length <= longestFlow
  );
};
