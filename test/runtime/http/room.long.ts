import { expect, it } from "vitest";
import { run, untilReady, useBridgeFile } from "../bridge-process.ts";
import { manifestOf } from "../manifest.ts";
import { notesDatabase, post } from "../serve.ts";
import { peakMemory, sendUnfinished } from "./hoarders.ts";

useBridgeFile();

const mebibyte = 1_024 ** 2;

it("serves others while 2,000 connections send all but the last byte of a body, in bounded memory", async () => {
  const { url: DATABASE_URL } = await notesDatabase();
  const { limits, ...rest } = manifestOf().server;
  const server = {
    ...rest,
    limits: { ...limits, connections: 4_000, bodyBytes: mebibyte, bodiesBytes: 32 * mebibyte },
  };
  const bridge = await run(manifestOf({ server }), { DATABASE_URL });
  await untilReady(bridge);
  const attack = sendUnfinished(bridge.url, 2_000, mebibyte);
  const statuses = new Set<number>();
  const calls = (async () => {
    for (let count = 0; count < 50; count += 1)
      statuses.add((await post(bridge.url, '{"path":"nothing"}')).status);
  })();
  await Promise.all([attack, calls]);
  expect([...statuses]).toEqual([404]);
  expect(await peakMemory(bridge)).toBeLessThan(300);
}, 300_000);
