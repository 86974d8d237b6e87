import { EventEmitter } from "node:events";
import type pg from "pg";

declare module "pg" {
  // What pg has and its types leave out: lib/connection.js.
  interface Connection {
    attachListeners(stream: EventEmitter): void;
  }
}

/** A column of a result, as Postgres describes it. */
export type Field = { readonly name: string; readonly dataTypeID: number; readonly format: "text" };

/** The columns of the rows that follow: RowDescription of PostgreSQL's documentation, 54.7. */
export class Description {
  readonly #bytes: Buffer;
  readonly #start: number;
  readonly #end: number;

  /** @param start where it begins in the bytes, behind its length. */
  constructor(bytes: Buffer, start: number, end: number) {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
  }

  get fields(): Field[] {
    const fields: Field[] = [];
    for (let at = this.#start + countBytes; at < this.#end; at += behindName) {
      const end = this.#bytes.indexOf(0, at);
      const name = this.#bytes.toString("utf8", at, end);
      at = end + 1;
      fields.push({ name, dataTypeID: this.#bytes.readUInt32BE(at + typeAt), format: "text" });
    }
    return fields;
  }

  /** Its bytes, of their own. */
  copy(): Buffer {
    return Buffer.from(this.#bytes.subarray(this.#start, this.#end));
  }

  /** Whether it has the bytes of another. */
  equals(copy: Buffer): boolean {
    return copy.compare(this.#bytes, this.#start, this.#end) === 0;
  }
}

const countBytes = 2;
/** Behind the name of a column: its table and number, its type, the type's length and modifier, its format. */
const behindName = 4 + 2 + 4 + 2 + 4 + 2;
const typeAt = 4 + 2;

/** A row: DataRow of PostgreSQL's documentation, 54.7. */
export class RowMessage {
  readonly length: number;
  readonly #bytes: Buffer;
  readonly #start: number;

  /** @param start where it begins in the bytes, behind its length. A row that was dropped has no bytes, but a length. */
  constructor(bytes: Buffer, start: number, end: number) {
    this.length = end - start;
    this.#bytes = bytes;
    this.#start = start;
  }

  /** The values as pg gives them. */
  get fields(): (string | null)[] {
    const texts: (string | null)[] = [];
    this.read((text) => texts.push(text));
    return texts;
  }

  /** Tells each value, in the order of the columns. */
  read(take: (text: string | null, column: number) => void): void {
    const bytes = this.#bytes;
    const end = this.#start + this.length;
    for (let at = this.#start + countBytes, column = 0; at < end; column += 1) {
      const length = bytes.readInt32BE(at);
      at += 4;
      take(length < 0 ? null : bytes.toString("utf8", at, at + length), column);
      if (length > 0) at += length;
    }
  }
}

const [dataRow, rowDescription] = ["D", "T"].map((kind) => kind.charCodeAt(0));
/** A message has its kind, a byte, and its length, four bytes that count themselves. */
const headBytes = 5;

/**
 * Lets a connection of pg emit rows as {@link RowMessage}, described by a {@link Description}; all else is read by pg.
 * For each value and column pg fills an array with holes, which takes V8 half a microsecond where `Array.prototype`
 * is frozen. A row that is longer than `longest()` bytes is dropped as it comes: who asked for it is told its length.
 */
export function readRows(connection: pg.Connection, longest: () => number): void {
  const attach = connection.attachListeners.bind(connection);
  connection.attachListeners = (stream) => {
    const others = new EventEmitter();
    attach(others);
    const take = (kind: number | undefined, ...where: Where): void => {
      if (kind === dataRow) connection.emit("dataRow", new RowMessage(...where));
      else connection.emit("rowDescription", new Description(...where));
    };
    stream.on(
      "data",
      splitter(take, (bytes) => others.emit("data", bytes), longest),
    );
  };
}

type Where = [bytes: Buffer, start: number, end: number];

const dropped = Buffer.alloc(0);

/** Takes chunks as they come, and gives in their order messages about rows, and whole messages of other kinds. */
function splitter(
  take: (kind: number | undefined, ...where: Where) => void,
  others: (bytes: Buffer) => void,
  longest: () => number,
): (chunk: Buffer) => void {
  let chunks: Buffer[] = []; // put together once, when a message is whole
  let held = 0;
  let needed = headBytes;
  let dropping = 0; // bytes of a row that are yet to come
  return (chunk) => {
    if (dropping >= chunk.length) {
      dropping -= chunk.length;
      return;
    }
    chunks.push(dropping > 0 ? chunk.subarray(dropping) : chunk);
    held += chunk.length - dropping;
    dropping = 0;
    if (held < needed) return;
    const [first = dropped] = chunks;
    const bytes = chunks.length === 1 ? first : Buffer.concat(chunks);
    let start = 0;
    let given = 0;
    needed = headBytes;
    while (bytes.length - start >= headBytes) {
      const end = start + 1 + Math.max(4, bytes.readUInt32BE(start + 1));
      const kind = bytes[start];
      const isDropped = end > bytes.length && kind === dataRow && end - start > longest();
      if (end > bytes.length && !isDropped) {
        needed = end - start;
        break;
      }
      if (kind === dataRow || kind === rowDescription) {
        if (start > given) others(bytes.subarray(given, start));
        if (isDropped) take(kind, dropped, 0, end - start - headBytes);
        else take(kind, bytes, start + headBytes, end);
        given = end;
      }
      start = end;
    }
    if (start > given) others(bytes.subarray(given, start));
    dropping = Math.max(0, start - bytes.length);
    chunks = start < bytes.length ? [bytes.subarray(start)] : [];
    held = Math.max(0, bytes.length - start);
  };
}
