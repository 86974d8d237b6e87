import { randomUUID } from "node:crypto";
import { parseExact } from "../../src/core/exact-json.ts";

/** Stands for a text while JSON.stringify runs. It never leaves the process, so no value can hold it. */
const mark = randomUUID();
let texts: string[] | undefined;

/** JSON that passes through as the text that it is: a `json` keeps its order, its duplicates and its digits. */
export class JsonText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** The value, a number that a double would change as JSON.rawJSON. Each time another object. */
  toJSON(): unknown {
    if (texts === undefined) return parseExact(this.text, "value");
    texts.push(this.text);
    return mark;
  }
}

/** Writes what a database gave as JSON, with each {@link JsonText} in it as it is. */
export function writeJson(value: unknown): string {
  const found: string[] = [];
  texts = found;
  try {
    const json = JSON.stringify(value);
    if (found.length === 0) return json;
    return json
      .split(`"${mark}"`)
      .map((part, index) => part + (found[index] ?? ""))
      .join("");
  } finally {
    texts = undefined;
  }
}

/** A value that a database gave as a program reads it: JSON parsed, what is a number as one. */
export function programValue(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof JsonText) return value.toJSON();
  if (Array.isArray(value)) return value.map(programValue);
  return JSON.isRawJSON(value) ? Number(value.rawJSON) : value;
}
