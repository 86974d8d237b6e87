import { type ObjectKind, objectKinds } from "../../schema/declared.ts";
import type { Diagnostic, Location } from "../core/diagnostic.ts";
import { kindOf } from "../database/kinds/kinds.ts";
import { problem } from "../project/problem.ts";
import type { PlacedObject } from "./objects/placed-object.ts";

type NamedKind = "table" | "enum" | Exclude<ObjectKind, "trigger" | "policy">;

/**
 * What has to have a name of its own. Relations are in pg_class and types in pg_type, and a relation but a sequence is
 * a type too (PostgreSQL documentation, 52.11 and 52.64).
 */
const namespaces: Readonly<Record<NamedKind, readonly string[]>> = {
  table: ["relation", "type"],
  view: ["relation", "type"],
  materializedView: ["relation", "type"],
  partition: ["relation", "type"],
  composite: ["relation", "type"],
  sequence: ["relation"],
  enum: ["type"],
  domain: ["type"],
  schema: ["schema"],
  extension: ["extension"],
  routine: ["routine"],
};

/** The names of one connection as its files declare them. */
export interface DeclaredNames {
  /** Notes a name; one that is taken is reported. */
  isFirst(kind: NamedKind, name: string, at: Location): boolean;
  /** Those of a file's objects whose names are not taken. */
  firstOf(objects: readonly PlacedObject[]): PlacedObject[];
}

/** Collects the names of a connection; what is declared twice goes into `diagnostics`, at the second place. */
export function declaredNames(connection: string, diagnostics: Diagnostic[]): DeclaredNames {
  const places = new Map<string, { kind: NamedKind; at: Location }>();
  const isFirst = (kind: NamedKind, name: string, at: Location): boolean => {
    const keys = namespaces[kind].map((namespace) => `${namespace} ${name}`);
    const first = keys.map((key) => places.get(key)).find((place) => place !== undefined);
    if (first === undefined) {
      for (const key of keys) places.set(key, { kind, at });
      return true;
    }
    const code = kind.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    diagnostics.push(
      problem(
        at,
        `duplicate_${code}`,
        `There is already ${wordOf(first.kind)} \`${name}\` in connection \`${connection}\`.`,
        `The first is at ${first.at.file}:${first.at.line}.`,
      ),
    );
    return false;
  };
  return {
    isFirst,
    firstOf(objects) {
      // One object may be made by several statements, which come one after the other.
      const judged = new Map<string, boolean>();
      return objects.filter(({ object: { kind, name }, at }) => {
        if (!isNamed(kind)) return true;
        const key = `${kind} ${name}`;
        const known = judged.get(key) ?? isFirst(kind, name, at);
        judged.set(key, known);
        return known;
      });
    },
  };
}

const isNamed = (kind: PlacedObject["object"]["kind"]): kind is Exclude<NamedKind, "table" | "enum"> =>
  objectKinds.some((one) => one === kind) && kind in namespaces;

const wordOf = (kind: NamedKind): string => {
  const word = kind === "table" || kind === "enum" ? kind : kindOf(kind).word;
  return `${/^[aeiou]/.test(word) ? "an" : "a"} ${word}`;
};
