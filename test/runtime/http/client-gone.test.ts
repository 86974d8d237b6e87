import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import type { Manifest } from "../../../schema/manifest.ts";
import { manifestOf } from "../manifest.ts";
import { execute, notesDatabase, recordingLog, type Served, serve, untilReady } from "../serve.ts";

const logic = (...statements: string[]): Manifest["logic"][string] => ({
  kind: "sql",
  access: "public",
  params: {},
  connection: "main",
  returns: "none",
  statements: statements.map((sql) => ({ sql, bindings: [], types: [], result: [] })),
});

async function served(sql: string) {
  const { url } = await notesDatabase();
  const { log, lines } = recordingLog();
  const bridge = await serve({ url, log, manifest: manifestOf({ logic: { work: logic(sql) } }) });
  await untilReady(bridge);
  const isRunning = async () =>
    (
      await execute(
        url,
        "select 1 from pg_stat_activity where query like '%pg_sleep%' and state = 'active' and pid <> pg_backend_pid()",
      )
    ).rowCount === 1;
  return { bridge, url, isRunning, calls: () => lines().filter(({ msg }) => msg === "call") };
}

/** Makes a call and closes the connection while it runs. */
async function leave({ port }: Served, isRunning: () => Promise<boolean>): Promise<void> {
  const body = '{"path":"work"}';
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.write(
    `POST /call HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  await expect.poll(isRunning, { timeout: 5_000, interval: 20 }).toBe(true);
  socket.destroy();
}

describe("a client that goes away", () => {
  it("has its read cancelled, logged with 499", async () => {
    const { bridge, isRunning, calls } = await served("select pg_sleep(4)");
    await leave(bridge, isRunning);
    await expect.poll(isRunning, { timeout: 2_000, interval: 20 }).toBe(false);
    expect(calls()).toMatchObject([{ level: "info", path: "work", status: 499 }]);
    expect(calls()[0]).not.toHaveProperty("unread");
  });

  it("has its write done to its end, logged with 499 and the status that nobody read", async () => {
    const { bridge, url, isRunning, calls } = await served(
      "update notes set body = 'written' from pg_sleep(1.5) where id = 1",
    );
    await leave(bridge, isRunning);
    await expect.poll(() => calls().length, { timeout: 5_000, interval: 20 }).toBe(1);
    expect(calls()).toMatchObject([{ level: "info", path: "work", status: 499, unread: 200 }]);
    expect((await execute(url, "select body from notes where id = 1")).rows).toEqual([{ body: "written" }]);
  });

  it("in the middle of its body is logged with 499", async () => {
    const { bridge, calls } = await served("select 1");
    const socket = connect(bridge.port, "127.0.0.1");
    await once(socket, "connect");
    const start = "POST /call HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n";
    socket.end(`${start}content-length: 100\r\n\r\n{`);
    await expect.poll(() => calls().length, { timeout: 5_000, interval: 20 }).toBe(1);
    expect(calls()).toMatchObject([{ status: 499 }]);
  });
});
