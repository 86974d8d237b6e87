import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { takeLock } from "../../src/dev/lock.ts";
import { temporaryDirectory } from "../services/temporary.ts";

const project = temporaryDirectory;
const holder = { pid: 42, url: "http://localhost:8080" };

test("a second holder is told where the first one is", async () => {
  const root = project();
  const lock = await takeLock(root, holder);
  await expect(takeLock(root, holder)).rejects.toMatchObject({
    code: "already_running",
    message: expect.stringContaining("process 42, http://localhost:8080"),
  });
  await lock.release();
});

test("a released lock can be taken again, and projects do not share one", async () => {
  const root = project();
  await (await takeLock(root, holder)).release();
  const again = await takeLock(root, holder);
  const other = await takeLock(project(), holder);
  await Promise.all([again.release(), other.release()]);
});

test("a holder that was killed leaves nothing that is in the way", async () => {
  const root = project();
  const script = `
    import { takeLock } from ${JSON.stringify(resolve("src/dev/lock.ts"))};
    await takeLock(${JSON.stringify(root)}, { pid: process.pid, url: "-" });
    console.log("held");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  await expect(takeLock(root, holder)).rejects.toMatchObject({ code: "already_running" });
  child.kill("SIGKILL");
  await once(child, "exit");
  await (await takeLock(root, holder)).release();
});
