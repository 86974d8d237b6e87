import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { builtInBase, hostMachine } from "../../../src/deploy/base/built-in.ts";
import { nodeBinary } from "../../../src/deploy/base/node-binary.ts";
import { openArchive } from "../../../src/oci/archive.ts";
import { readConfig } from "../../../src/oci/config.ts";
import { parseReference } from "../../../src/oci/reference.ts";
import { describeWith } from "../../services/needs.ts";
import { temporaryDirectory } from "../../services/temporary.ts";

const bridge = join(import.meta.dirname, "bridge-stand-in.mjs");
const directory = temporaryDirectory();

const make = (env: Record<string, string | undefined>, said: string[] = []) =>
  builtInBase([hostMachine()], { env, progress: (text) => said.push(text), bridge });

describe("builtInBase", () => {
  it("is made once, and is the same when it is made again elsewhere", async () => {
    const said: string[] = [];
    const elsewhere = { XDG_CACHE_HOME: directory };
    const first = await make(elsewhere, said);
    const again = await make(elsewhere, said);
    expect(said).toHaveLength(1);
    expect(again.descriptor).toEqual(first.descriptor);
    const usual = await make(process.env);
    expect(usual.descriptor).toEqual(first.descriptor);
  }, 120_000);

  it("is not root, and has a time that is no epoch", async () => {
    const [image] = (await make(process.env)).images;
    const config = image && (await readConfig(image));
    expect(config?.config?.User).toBe("65532:65532");
    expect(config?.created).toBe("2026-10-28T00:00:00.000Z");
  }, 60_000);

  it("says what to do where the Bridge or a Node is missing", async () => {
    const options = { env: { XDG_CACHE_HOME: directory }, progress: () => {} };
    const missing = builtInBase([hostMachine()], { ...options, bridge: join(directory, "none.mjs") });
    await expect(missing).rejects.toMatchObject({ code: "bridge_missing" });
  });
});

await describeWith(["engine"], "the built-in base in a container", () => {
  const tag = `stk-test-base:${process.pid}`;
  const container = `stk-test-base-${process.pid}`;
  beforeAll(async () => {
    const file = join(directory, "base.tar");
    await openArchive(file).write(await make(process.env), parseReference(tag));
    await execa("docker", ["load", "--input", file]);
    rmSync(file);
  }, 120_000);
  afterAll(async () => {
    await execa("docker", ["rm", "--force", container], { reject: false });
    await execa("docker", ["rmi", "--force", tag], { reject: false });
  });

  it("runs read-only without capabilities, resolves names, and may do nothing else", async () => {
    const hardened = ["--read-only", "--network=none", "--cap-drop=ALL", "--security-opt=no-new-privileges"];
    await execa("docker", [
      "run",
      "--detach",
      "--name",
      container,
      ...hardened,
      "--add-host=db.internal:10.1.2.3",
      tag,
    ]);
    const report = JSON.parse(await firstLine(container));
    expect(report).toEqual({
      user: [65_532, 65_532],
      directory: "/santokit",
      version: `v${nodeBinary(hostMachine()).version}`,
      localhost: "127.0.0.1",
      named: "10.1.2.3",
      certificates: true,
      passwords: "ERR_ACCESS_DENIED",
      write: "ERR_ACCESS_DENIED",
      writeOwn: "ERR_ACCESS_DENIED",
      spawn: "ERR_ACCESS_DENIED",
      worker: "ERR_ACCESS_DENIED",
    });
    const { all } = await execa("docker", ["logs", container], { all: true });
    expect(all.split("\n")).toHaveLength(1);
  }, 60_000);

  it("ends at once on SIGTERM", async () => {
    await execa("docker", ["stop", "--time", "8", container]);
    const { stdout } = await execa("docker", ["inspect", "--format", "{{.State.ExitCode}}", container]);
    expect(stdout).toBe("0");
  }, 30_000);

  it("has no shell and no package manager", async () => {
    const { stdout } = await execa("docker", ["export", container], {
      encoding: "buffer",
      maxBuffer: 400_000_000,
    });
    const { stdout: list } = await execa("tar", ["-t"], { input: stdout });
    expect(list).toContain("usr/local/bin/node");
    expect(list).not.toMatch(/(?:^|\/)(?:sh|bash|dash|busybox|apt|apk|dpkg|npm|curl|wget)$/m);
  }, 60_000);
});

async function firstLine(name: string): Promise<string> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const { stdout } = await execa("docker", ["logs", name]);
    const [line] = stdout.split("\n");
    if (line) return line;
    await wait(100);
  }
  throw new Error("The container said nothing.");
}
