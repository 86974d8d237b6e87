import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

/** Says where in the user's sources an error of a module was thrown. Maps are read when the first error needs them. */
export class SourceLocations {
  readonly #root: string;
  /** How a place in the bundle begins, as an address and as a path. */
  readonly #prefixes: readonly string[];
  readonly #maps = new Map<string, SourceMap | undefined>();

  /** @param root the directory that holds the manifest and the modules. */
  constructor(root: string) {
    this.#root = root;
    const directory = `${path.resolve(root)}${path.sep}`;
    this.#prefixes = [pathToFileURL(directory).href, directory];
  }

  /** An error's stack in which the bundle's places are those of the sources: `logic/tickets/escalate.ts:12:5`. */
  stackOf(error: Error): string | undefined {
    return error.stack
      ?.split("\n")
      .map((line) => this.#mapped(line))
      .join("\n");
  }

  #mapped(line: string): string {
    const prefix = this.#prefixes.find((one) => line.includes(one));
    if (prefix === undefined) return line;
    const [before = "", after = ""] = line.split(prefix);
    const [matched = "", file = "", row, column] = /^([^?:]+)(?:\?[^:]*)?:(\d+):(\d+)/.exec(after) ?? [];
    const entry = this.#mapOf(file)?.findEntry(Number(row) - 1, Number(column) - 1);
    if (entry === undefined || !("originalSource" in entry)) return line;
    const source = path.posix.join(path.posix.dirname(file), entry.originalSource);
    return `${before}${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}${after.slice(matched.length)}`;
  }

  #mapOf(file: string): SourceMap | undefined {
    if (!this.#maps.has(file))
      this.#maps.set(file, this.#read(`maps/${file}.map`) ?? this.#read(`${file}.map`));
    return this.#maps.get(file);
  }

  #read(file: string): SourceMap | undefined {
    try {
      return new SourceMap(JSON.parse(readFileSync(path.join(this.#root, decodeURI(file)), "utf8")));
    } catch {
      return undefined; // a bundle may come without maps, and an error must still be logged
    }
  }
}
