import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Diagnostic } from "../core/diagnostic.ts";
import { problem, startOf } from "./problem.ts";
import { placeOf } from "./text-position.ts";

const largest = 1_048_576;

/** A file's text, or why it has none. */
export type TextResult = { text: string } | { diagnostic: Diagnostic };

/** Reads UTF-8 of at most 1 MiB; a byte order mark is dropped and line ends become `\n`. */
export function readText(root: string, file: string): TextResult {
  const path = join(root, file);
  const size = statSync(path).size;
  if (size > largest)
    return {
      diagnostic: problem(startOf(file), "file_too_large", `${file} is larger than 1 MiB.`, "Split it."),
    };
  return decode(file, readFileSync(path));
}

/** The text of `content`, with what {@link readText} does to it. */
export function decode(file: string, content: Uint8Array): TextResult {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(content).replace(/\r\n?/g, "\n");
  } catch {
    const lines = Buffer.from(content).toString("latin1");
    const at = placeOf(file, lines, firstInvalid(content));
    return { diagnostic: problem(at, "not_utf8", `${file} is not UTF-8 text.`, "Save it as UTF-8.") };
  }
  const nul = text.indexOf("\0");
  if (nul === -1) return { text };
  return {
    diagnostic: problem(placeOf(file, text, nul), "nul_byte", `${file} holds a NUL byte.`, "Remove it."),
  };
}

/** The offset of the first byte that is not UTF-8, found by halving. */
function firstInvalid(content: Uint8Array): number {
  let [valid, invalid] = [0, content.byteLength];
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    if (isPrefixValid(content.subarray(0, middle))) valid = middle;
    else invalid = middle;
  }
  return valid;
}

function isPrefixValid(prefix: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(prefix, { stream: true });
    return true;
  } catch {
    return false;
  }
}
