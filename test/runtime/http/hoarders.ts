import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import type { BridgeProcess } from "../bridge-process.ts";

/** A connection that is closed when the test is over, whatever became of it. */
async function connection(url: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1").on("error", () => undefined);
  onTestFinished(() => {
    socket.destroy();
  });
  if (socket.connecting)
    await Promise.race([once(socket, "connect"), new Promise((end) => socket.once("close", end))]);
  return socket;
}

const start = "POST /call HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n";

/** Sends so many bodies but for their last byte, and gives back once all is sent or refused. */
export async function sendUnfinished(url: string, count: number, bytes: number): Promise<void> {
  const body = Buffer.alloc(bytes - 1, 32);
  await Promise.all(
    Array.from({ length: count }, async () => {
      const socket = await connection(url);
      socket.write(`${start}content-length: ${bytes}\r\n\r\n`);
      await new Promise((end) => {
        socket.once("close", end).write(body, end);
      });
    }),
  );
}

/** Sends a call and so many requests behind it on each of so many connections, and gives back once all is sent or refused. */
export async function sendAhead(
  url: string,
  count: number,
  first: string,
  behind: { requests: number; headers: number },
): Promise<void> {
  const more = Array.from({ length: behind.headers }, (_, index) => `h${index}: \r\n`).join("");
  const requestOf = (body: string, headers = "") =>
    `${start}${headers}content-length: ${body.length}\r\n\r\n${body}`;
  const bytes = requestOf(first) + requestOf('{"path":"nothing"}', more).repeat(behind.requests);
  await Promise.all(
    Array.from({ length: count }, async () => {
      const socket = await connection(url);
      await new Promise((end) => {
        socket.once("close", end).write(bytes, end);
      });
    }),
  );
}

/** Makes a call over a connection, and reads nothing of the answer. */
export async function callWithoutReading(url: string, path: string): Promise<Socket> {
  const socket = await connection(url);
  const body = JSON.stringify({ path });
  socket.pause().write(`${start}content-length: ${body.length}\r\n\r\n${body}`);
  return socket;
}

/** The most memory that a process had, in MiB (proc(5), VmHWM). */
export async function peakMemory({ child }: BridgeProcess): Promise<number> {
  const status = await readFile(`/proc/${child.pid}/status`, "utf8");
  return Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1]) / 1_024;
}
