import { once } from "node:events";
import { expect, it } from "vitest";
import { useBridgeFile } from "./bridge-process.ts";
import { serveModules } from "./logic-process.ts";

useBridgeFile();

it("loses lines with a count where nobody reads the log, keeps its memory, and ends when told", async () => {
  const bridge = await serveModules({
    it: `export default (params: any, context: any) => {
      for (let line = 0; line < 1_000; line += 1) context.log.info("x".repeat(2_000));
      return process.memoryUsage().rss;
    }\n`,
  });
  const { stdout } = bridge.child;
  stdout?.pause();
  for (let round = 0; round < 50; round += 1) expect((await bridge.call("it")).status).toBe(200);
  expect(Number((await bridge.call("it")).body.data) / 1_024 ** 2).toBeLessThan(250); // of 100 MB of lines
  stdout?.resume();
  const lost = () => bridge.lines.find(({ msg }) => msg.startsWith("Lines of the log were lost"));
  await expect
    .poll(lost, { timeout: 5_000, interval: 20 })
    .toMatchObject({ level: "warn", lines: expect.any(Number) });
  stdout?.pause();
  for (let round = 0; round < 3; round += 1) await bridge.call("it");
  bridge.child.kill("SIGTERM");
  const [code] = await once(bridge.child, "exit");
  expect(code).toBe(0);
  stdout?.resume();
}, 60_000);
