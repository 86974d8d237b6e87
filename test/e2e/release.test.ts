import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { execa } from "execa";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { describeWith } from "../services/needs.ts";
import { type FreshDatabase, freshDatabase } from "../services/postgres.ts";
import { type Registry, startRegistry } from "../services/registry.ts";
import { type Container, runContainer } from "./container.ts";
import { type Issuer, startIssuer } from "./issuer.ts";
import { stkDone } from "./stk.ts";

const ann = "10000000-0000-4000-8000-000000000001";
const digest = /sha256:[0-9a-f]{64}/;

await describeWith(["engine", "registry", "skopeo", "umoci"], "a release, from init to rollback", () => {
  let directory: string;
  let project: string;
  let repository: string;
  let database: FreshDatabase;
  let registry: Registry;
  let issuer: Issuer;
  let token: string;
  const deployed = new Map<string, string>();

  const deploy = async (tag: string): Promise<string> => {
    const said = await stkDone([
      "deploy",
      "image",
      "--project",
      project,
      "--tag",
      `${repository}:${tag}`,
      "--json",
    ]);
    return z.object({ digest: z.string().regex(digest) }).parse(JSON.parse(said)).digest;
  };
  const moveTag = (from: string, to: string) =>
    execa("skopeo", [
      ...["copy", "--all", "--preserve-digests", "--src-tls-verify=false", "--dest-tls-verify=false"],
      ...[`docker://${repository}:${from}`, `docker://${repository}:${to}`],
    ]);
  /** Runs what the tag names now, as a platform that pulls before it starts. */
  const serve = async (tag: string): Promise<Container> => {
    const reference = `${repository}:${tag}`;
    await execa("docker", ["pull", "--quiet", reference]);
    const container = await runContainer(reference, {
      DATABASE_URL: database.url,
      AUTH_ISSUER: issuer.issuer,
      AUTH_JWKS_URL: issuer.jwks,
      NODE_ENV: "production",
    });
    onTestFinished(() => container.remove());
    return container;
  };
  const writeStatus = (columns: string) =>
    writeFile(
      path.join(project, "logic/status.sql"),
      `---\naccess: public\nreturns: row\n---\nselect ${columns}, count(*)::integer as tasks from tasks\n`,
    );

  beforeAll(async () => {
    [directory, database, registry, issuer] = await Promise.all([
      mkdtemp(path.join(tmpdir(), "santokit-release-")),
      freshDatabase(),
      startRegistry(),
      startIssuer(),
    ]);
    project = path.join(directory, "shop");
    repository = `${registry.host}/shop`;
    token = await issuer.token({ sub: ann, audience: "shop" });
    await stkDone(["init", project]);
    await writeStatus("'one' as version");
    await writeFile(
      path.join(project, "logic/slow.sql"),
      "---\naccess: public\nreturns: row\n---\nselect 1 as slept from pg_sleep(1)\n",
    );
    await stkDone(["schema", "apply", "--project", project, "--yes"], {
      env: { DATABASE_URL: database.url },
    });
    deployed.set("v1", await deploy("v1"));
    await moveTag("v1", "prod");
  }, 180_000);

  afterAll(async () => {
    await forgetImages(repository);
    await Promise.all([database?.drop(), registry?.stop(), issuer?.stop()]);
    await rm(directory, { recursive: true, force: true });
  });

  it("has the same digest when nothing changed", async () => {
    expect(await deploy("again")).toBe(deployed.get("v1"));
  });

  it("answers what is permitted and refuses the rest", async () => {
    const bridge = await serve("prod");
    const insert = { path: "db/main/tasks/insert", params: { values: { title: "Buy milk" } } };
    const select = { path: "db/main/tasks/select", params: { columns: ["title", "owner_id"] } };

    expect(await bridge.call(insert, token)).toMatchObject({ status: 200, body: { data: { count: 1 } } });
    expect(await bridge.call(select, token)).toEqual({
      status: 200,
      body: { data: [{ title: "Buy milk", owner_id: ann }] },
    });
    expect(await bridge.call({ path: "tasks/open" }, token)).toMatchObject({
      status: 200,
      body: { data: [{ title: "Buy milk", notes: 0 }] },
    });

    const refused = async (answer: Promise<{ status: number; body: unknown }>) => {
      const { status, body } = await answer;
      const { error } = z
        .object({ error: z.object({ code: z.string(), requestId: z.string() }) })
        .parse(body);
      return [status, error.code];
    };
    const notes = { path: "db/main/notes/delete", params: { where: { body: "x" } } };
    expect(await refused(bridge.call(notes, token))).toEqual([403, "forbidden"]);
    expect(await refused(bridge.call(select))).toEqual([401, "unauthenticated"]);
    expect(await refused(bridge.call(select, `${token}x`))).toEqual([401, "invalid_token"]);
    expect(await refused(bridge.call({ path: "no/such/call" }, token))).toEqual([404, "not_found"]);
    expect(await refused(bridge.send("{", token))).toEqual([400, "malformed_request"]);
    const stranger = await issuer.token({ sub: ann, audience: "another" });
    expect(await refused(bridge.call(select, stranger))).toEqual([401, "invalid_token"]);
  });

  it("is replaced by the next one, and comes back when its tag is moved back", async () => {
    const version = async () => {
      const { body } = await (await serve("prod")).call({ path: "status" });
      return z.object({ data: z.object({ version: z.string() }) }).parse(body).data.version;
    };
    expect(await version()).toBe("one");

    await writeStatus("'two' as version");
    const second = await deploy("v2");
    expect(second).not.toBe(deployed.get("v1"));
    await moveTag("v2", "prod");
    expect(await version()).toBe("two");

    await moveTag("v1", "prod");
    expect(await version()).toBe("one");
  }, 60_000);

  it("is read by skopeo and unpacked by umoci", async () => {
    const inspect = async (...words: string[]): Promise<unknown> =>
      JSON.parse(
        (await execa("skopeo", ["inspect", "--tls-verify=false", ...words, `docker://${repository}:v1`]))
          .stdout,
      );
    const seen = z.object({ Digest: z.string() }).parse(await inspect());
    expect(seen.Digest).toBe(deployed.get("v1"));
    const { config } = z
      .object({
        config: z.object({
          User: z.string(),
          Env: z.array(z.string()),
          Labels: z.record(z.string(), z.string()),
        }),
      })
      .parse(await inspect("--config"));
    expect(config.User).toMatch(/^[1-9]\d*(:[1-9]\d*)?$/);
    expect(Object.keys(config.Labels)).toEqual(
      expect.arrayContaining(["org.opencontainers.image.created", "org.opencontainers.image.base.digest"]),
    );
    const manifestPath = config.Env.find((line) => line.startsWith("MANIFEST_PATH="))?.slice(
      "MANIFEST_PATH=".length,
    );

    const layout = path.join(directory, "layout");
    const unpacked = path.join(directory, "unpacked");
    await execa("skopeo", [
      "copy",
      "--src-tls-verify=false",
      `docker://${repository}:v1`,
      `oci:${layout}:v1`,
    ]);
    await execa("umoci", ["unpack", "--rootless", "--image", `${layout}:v1`, unpacked]);
    const manifest = await readFile(
      path.join(unpacked, "rootfs", manifestPath ?? "MANIFEST_PATH is not set"),
      "utf8",
    );
    expect(JSON.parse(manifest)).toMatchObject({ formatVersion: 2, name: "shop" });
  }, 60_000);

  it("answers the calls that are running when it is told to stop, and ends with 0", async () => {
    const bridge = await serve("v1");
    const running = bridge.call({ path: "slow" });
    await wait(300);
    await bridge.kill("TERM");
    expect(await running).toEqual({ status: 200, body: { data: { slept: 1 } } });
    expect(await bridge.exitCode()).toBe(0);
    await expect(bridge.call({ path: "status" })).rejects.toThrow();
  });

  it("stays unready, and says why, where the database does not fit", async () => {
    const empty = await freshDatabase();
    onTestFinished(() => empty.drop());
    const reference = `${repository}:v1`;
    const env = { DATABASE_URL: empty.url, AUTH_ISSUER: issuer.issuer, AUTH_JWKS_URL: issuer.jwks };
    await expect(runContainer(reference, env, { readyTimeoutMs: 3_000 })).rejects.toThrow(/tasks/);
  });
});

/** By name and never by id, which images of other runs share: the same project has the same digest. */
async function forgetImages(repository: string): Promise<void> {
  const list = async (format: string): Promise<string[]> => {
    const words = ["images", "--digests", "--filter", `reference=${repository}`, "--format", format];
    return (await execa("docker", words)).stdout
      .split("\n")
      .filter((name) => name !== "" && !name.includes("<none>"));
  };
  const names = [...(await list("{{.Repository}}:{{.Tag}}")), ...(await list("{{.Repository}}@{{.Digest}}"))];
  await execa("docker", ["rmi", ...new Set(names)], { reject: false });
}
