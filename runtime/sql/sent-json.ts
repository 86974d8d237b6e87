import { parseExact } from "../../src/core/exact-json.ts";
import { JsonText } from "./json-text.ts";

/** The way to a value in a call's params: `["values", 0, "meta"]`. */
export type JsonPath = readonly (string | number)[];

/** Params, and the body that they were read from. */
export type Sent = { readonly params: unknown; readonly body: Buffer };

/**
 * Params in which each value that is wanted stands as the text that was sent: with its order, its duplicates and its
 * spaces. null stays null. Params that are not those of the body, as one call makes them for another, are as they were.
 */
export function withSentJson(
  params: unknown,
  sent: Sent | undefined,
  isWanted: (path: JsonPath) => boolean,
): unknown {
  return params === undefined || sent?.params !== params
    ? params
    : new BodyReader(
        sent.body.toString("utf8"),
        ([root, ...path]) => root === "params" && isWanted(path),
      ).params();
}

/** Reads a body of which JSON.parse has found that it is JSON and an object. */
class BodyReader {
  readonly #text: string;
  readonly #isWanted: (path: JsonPath) => boolean;
  #at = 0;

  constructor(text: string, isWanted: (path: JsonPath) => boolean) {
    this.#text = text;
    this.#isWanted = isWanted;
  }

  params(): unknown {
    this.#skipSpace();
    return this.#object([]).params;
  }

  #value(path: JsonPath): unknown {
    this.#skipSpace();
    const isWanted = this.#isWanted(path);
    const first = this.#text[this.#at];
    if (!isWanted && first === "{") return this.#object(path);
    if (!isWanted && first === "[") return this.#list(path);
    const text = this.#take();
    return isWanted && text !== "null" ? new JsonText(text) : parseExact(text, "digits");
  }

  // As in JSON.parse, `__proto__` is a member like others, and of two with one name the last counts.
  #object(path: JsonPath): Record<string, unknown> {
    const members: [string, unknown][] = [];
    for (this.#enter(); this.#text[this.#at] !== "}"; this.#next()) {
      const name = String(JSON.parse(this.#take()));
      this.#skipSpace();
      this.#at += 1; // the colon
      members.push([name, this.#value([...path, name])]);
    }
    this.#at += 1;
    return Object.fromEntries(members);
  }

  #list(path: JsonPath): unknown[] {
    const elements: unknown[] = [];
    for (this.#enter(); this.#text[this.#at] !== "]"; this.#next())
      elements.push(this.#value([...path, elements.length]));
    this.#at += 1;
    return elements;
  }

  #enter(): void {
    this.#at += 1;
    this.#skipSpace();
  }

  #next(): void {
    this.#skipSpace();
    if (this.#text[this.#at] === ",") this.#enter();
  }

  /** The text of the value that begins here. */
  #take(): string {
    const start = this.#at;
    let depth = 0;
    do {
      const character = this.#text[this.#at];
      if (character === "{" || character === "[") depth += 1;
      if (character === "}" || character === "]") depth -= 1;
      if (character === '"') this.#skipText();
      else if (depth === 0 && character !== "}" && character !== "]") this.#skipWord();
      else this.#at += 1;
    } while (depth > 0);
    return this.#text.slice(start, this.#at);
  }

  #skipText(): void {
    let isEscaped = true;
    while (isEscaped) {
      this.#at = this.#text.indexOf('"', this.#at + 1);
      let before = this.#at;
      while (this.#text[before - 1] === "\\") before -= 1;
      isEscaped = (this.#at - before) % 2 === 1;
    }
    this.#at += 1;
  }

  #skipWord(): void {
    while (/[^\s,\]}]/.test(this.#text[this.#at] ?? " ")) this.#at += 1;
  }

  #skipSpace(): void {
    while (/\s/.test(this.#text[this.#at] ?? "x")) this.#at += 1;
  }
}
