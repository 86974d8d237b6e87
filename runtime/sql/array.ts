/**
 * A list as Postgres writes arrays: `{"a",NULL}` (PostgreSQL manual, 8.15.6). Elements are Postgres' text of each,
 * or lists of the same length.
 *
 * @param delimiter what stands between elements: a comma for every built-in type but `box`.
 */
export const writeArray = (elements: readonly ArrayElement[], delimiter = ","): string =>
  `{${elements.map((element) => writeElement(element, delimiter)).join(delimiter)}}`;

const writeElement = (element: ArrayElement, delimiter: string): string => {
  if (element === null) return "NULL";
  return typeof element === "string" ? quoted(element) : writeArray(element, delimiter);
};

/** An element of an array as text, NULL, or a list of elements. */
export type ArrayElement = string | null | readonly ArrayElement[];

const quoted = (text: string): string => `"${text.replace(/["\\]/g, "\\$&")}"`;

/**
 * Reads what Postgres wrote for an array, each element by `decode`; NULL is null. A lower bound other than 1
 * (`[0:1]={...}`) is left out, as JSON has none.
 */
export function readArray(text: string, decode: (text: string) => unknown, delimiter = ","): unknown[] {
  let at = text.indexOf("{");
  return list();

  function list(): unknown[] {
    const elements: unknown[] = [];
    at += 1;
    while (at < text.length && text[at] !== "}") {
      elements.push(element());
      if (text[at] === delimiter) at += 1;
    }
    at += 1;
    return elements;
  }

  function element(): unknown {
    if (text[at] === "{") return list();
    if (text[at] === '"') return decode(quotedElement());
    const start = at;
    while (at < text.length && text[at] !== delimiter && text[at] !== "}") at += 1;
    const plain = text.slice(start, at);
    return plain === "NULL" ? null : decode(plain);
  }

  function quotedElement(): string {
    let content = "";
    at += 1;
    while (at < text.length && text[at] !== '"') {
      if (text[at] === "\\") at += 1;
      content += text[at];
      at += 1;
    }
    at += 1;
    return content;
  }
}
