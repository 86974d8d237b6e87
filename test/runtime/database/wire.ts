/** What Postgres sends: a message's kind, its length and what it has (PostgreSQL's documentation, 54.7). */
export function message(kind: string, content: Buffer): Buffer {
  const head = Buffer.from(`${kind}....`);
  head.writeUInt32BE(content.length + 4, 1);
  return Buffer.concat([head, content]);
}

/** What a RowDescription has behind its length. */
export const described = (columns: readonly (readonly [name: string, oid: number])[]): Buffer =>
  Buffer.concat([
    int16(columns.length),
    ...columns.flatMap(([name, oid]) => [
      Buffer.from(`${name}\0`),
      Buffer.alloc(6),
      int32(oid),
      Buffer.alloc(8),
    ]),
  ]);

/** What a DataRow has behind its length. */
export const rowOf = (texts: readonly (string | null)[]): Buffer =>
  Buffer.concat([
    int16(texts.length),
    ...texts.flatMap((text) =>
      text === null ? [int32(-1)] : [int32(Buffer.byteLength(text)), Buffer.from(text)],
    ),
  ]);

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
