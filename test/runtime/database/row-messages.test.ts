import { EventEmitter } from "node:events";
import pg from "pg";
import { expect, it } from "vitest";
import { readRows } from "../../../runtime/database/row-messages.ts";
import { Random } from "../table/random.ts";
import { described, message, rowOf } from "./wire.ts";

const alphabet = ["a", "é", "😀", " ", "\n", "D", "T", '"'];
const empty = Buffer.alloc(0);

/** Messages as a random result may have them, and some that come between. */
function someMessages(random: Random): Buffer[] {
  const text = () => random.list(random.below(12), () => random.pick(alphabet)).join("");
  const some: readonly (() => Buffer)[] = [
    () =>
      message("T", described(random.list(random.below(5), () => [text(), random.below(2 ** 31)] as const))),
    () => message("D", rowOf(random.list(random.below(5), () => (random.chance(0.2) ? null : text())))),
    () => message("2", empty),
    () => message("C", Buffer.from("SELECT 1\0")),
    () => message("Z", Buffer.from("I")),
  ];
  return random.list(random.below(12), () => random.pick(some)());
}

/** What a connection of pg emits for chunks; of a row that is longer than `longest` only its length. */
function emitted(
  chunks: readonly Buffer[],
  prepare: (connection: pg.Connection) => void,
  longest = Number.POSITIVE_INFINITY,
): unknown[] {
  const connection = new pg.Connection();
  prepare(connection);
  const said: unknown[] = [];
  for (const name of ["rowDescription", "dataRow", "bindComplete", "commandComplete", "readyForQuery"])
    connection.on(name, (event) => {
      if (name === "dataRow" && event.length > longest) {
        said.push([name, event.length]);
        return;
      }
      const { fields, text, status } = event;
      const named = fields?.map((field: unknown) =>
        isField(field) ? [field.name, field.dataTypeID] : field,
      );
      said.push([name, named, text, status]);
    });
  const stream = new EventEmitter();
  connection.attachListeners(stream);
  for (const chunk of chunks) stream.emit("data", chunk);
  return said;
}

const isField = (value: unknown): value is { name: string; dataTypeID: number } =>
  typeof value === "object" && value !== null && "dataTypeID" in value;

const reading =
  (longest = Number.POSITIVE_INFINITY) =>
  (connection: pg.Connection) =>
    readRows(connection, () => longest);

function cut(whole: Buffer, random: Random): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < whole.length; at += chunks.at(-1)?.length ?? 1)
    chunks.push(whole.subarray(at, at + 1 + random.below(40)));
  return chunks;
}

it("reads what pg reads, in its order, however it is cut", () => {
  const random = new Random(8);
  for (let run = 0; run < 300; run += 1) {
    const whole = Buffer.concat(someMessages(random));
    expect(emitted(cut(whole, random), reading())).toEqual(emitted([whole], () => undefined));
  }
});

it("reads what follows a row that is too long to keep, of which it tells the length", () => {
  const random = new Random(9);
  for (let run = 0; run < 300; run += 1) {
    const whole = Buffer.concat(someMessages(random));
    const most = random.below(60);
    const longest = most - 5; // of what stands behind the head of a message
    expect(emitted(cut(whole, random), reading(most), longest)).toEqual(emitted([whole], reading(), longest));
  }
});

it("keeps nothing of a row that is too long", () => {
  const mebibyte = 1024 ** 2;
  const whole = message("D", rowOf(["x".repeat(32 * mebibyte)]));
  const chunks = Array.from({ length: 32 }, (_, index) =>
    whole.subarray(index * mebibyte, (index + 1) * mebibyte),
  );
  const before = process.memoryUsage().arrayBuffers;
  const said = emitted([...chunks, whole.subarray(32 * mebibyte)], reading(mebibyte), mebibyte);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 * mebibyte);
  expect(said).toEqual([["dataRow", whole.length - 5]]);
});

it("copies a large row once, in however many chunks it comes", () => {
  const [mebibyte, chunk] = [1024 ** 2, 1024];
  const whole = message("D", rowOf(["x".repeat(16 * mebibyte)]));
  const chunks = Array.from({ length: Math.ceil(whole.length / chunk) }, (_, index) =>
    whole.subarray(index * chunk, (index + 1) * chunk),
  );
  const before = process.memoryUsage().arrayBuffers;
  const [row] = emitted(chunks, reading());
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(40 * mebibyte);
  expect(row).toEqual(["dataRow", ["x".repeat(16 * mebibyte)], undefined, undefined]);
});
