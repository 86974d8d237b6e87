import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { z } from "zod";
import { developmentKey } from "../../src/dev/development-key.ts";
import { initProject } from "../../src/dev/init-project.ts";
import { signToken } from "../../src/dev/sign-token.ts";
import { stkDone } from "../e2e/stk.ts";
import { askService } from "../services/ask.ts";
import { describeWith } from "../services/needs.ts";
import { freePort } from "../services/port.ts";
import { freshDatabase } from "../services/postgres.ts";
import { temporaryDirectory } from "../services/temporary.ts";

const ann = "10000000-0000-4000-8000-000000000001";
const noDocker = { DOCKER_HOST: "tcp://127.0.0.1:9" };
const answer = z.object({
  data: z.unknown().optional(),
  error: z.looseObject({ code: z.string() }).optional(),
});

let root: string;
let temporary: string;
let token: string;

beforeAll(async () => {
  temporary = temporaryDirectory();
  root = join(temporary, "shop");
  await initProject(root);
  await stkDone(["deploy", "image", "--project", root, "--tag", "shop:v1"], { env: noDocker });
  token = await signToken(
    await developmentKey(root),
    { sub: ann, roles: [], expiresInMs: 600_000 },
    Date.now(),
  );
}, 120_000);

/** `stk run` in a process of its own. */
type Run = {
  child: ChildProcess;
  said(): string;
  call(body: unknown): Promise<{ status: number; body: z.infer<typeof answer> }>;
};

async function run(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Run> {
  const port = await freePort();
  const command = [await askService("/command"), "run", "--project", root, "--port", String(port), ...words];
  const child = spawn(process.execPath, command, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: temporary, ...env },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  return {
    child,
    said: () => said,
    async call(body) {
      const response = await fetch(`http://127.0.0.1:${port}/call`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
        body: JSON.stringify(body),
      });
      return { status: response.status, body: answer.parse(await response.json()) };
    },
  };
}

const ready = ({ said }: Run) =>
  vi.waitFor(() => expect(said()).toContain("Running shop on"), { timeout: 40_000, interval: 50 });

async function end({ child }: Run): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  child.kill("SIGINT");
  const [code] = await once(child, "exit");
  return code;
}

async function answersAsDeclared(running: Run): Promise<void> {
  const open = { path: "tasks/open" };
  const finish = { path: "tasks/finish", params: { task_id: "40000000-0000-4000-8000-000000000002" } };
  expect((await running.call(open)).body.data).toHaveLength(2);
  expect(await running.call(finish)).toEqual({
    status: 200,
    body: { data: { title: "Call tasks/open with a token", left: 1 } },
  });
  expect(await running.call(finish)).toMatchObject({
    status: 422,
    body: { error: { code: "logic_failed" } },
  });
  const many = await Promise.all(Array.from({ length: 30 }, () => running.call(open)));
  expect(new Set(many.map(({ status, body }) => `${status} ${JSON.stringify(body)}`)).size).toBe(1);
  expect(
    await running.call({ path: "db/main/notes/delete", params: { where: { body: "x" } } }),
  ).toMatchObject({
    status: 403,
  });
}

describe("stk run without Docker", { timeout: 90_000 }, () => {
  test("runs what was stored last, with the schema and the seeds, and leaves nothing behind", async () => {
    const running = await run(["--pglite"], noDocker);
    await ready(running);
    expect(running.said()).toMatch(/in a process of its own[\s\S]*sha256:[0-9a-f]{64}/);
    await answersAsDeclared(running);
    expect(await end(running)).toBe(130);
    expect((await readdir(temporary)).filter((name) => name.startsWith("stk-run-"))).toEqual([]);
  });

  test("with --json prints what runs and where, once it is ready", async () => {
    const running = await run(["--pglite", "--json"], noDocker);
    await vi.waitFor(() => expect(running.said()).toMatch(/\}\n$/), { timeout: 40_000, interval: 50 });
    const { url, ...facts } = z.object({ url: z.url() }).loose().parse(JSON.parse(running.said()));
    expect(facts).toEqual({ name: "shop", place: "process", digest: expect.stringMatching(/^sha256:/) });
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect(await end(running)).toBe(130);
  });

  test("uses the database of the environment, and says why it is not ready until the schema fits", async () => {
    const database = await freshDatabase();
    onTestFinished(() => database.drop());
    const env = {
      DATABASE_URL: database.url,
      AUTH_ISSUER: "https://issuer.example",
      AUTH_JWKS_URL: "http://127.0.0.1:9/",
    };
    const running = await run(["shop:v1", "--local"], env);
    await vi.waitFor(() => expect(running.said()).toMatch(/The Bridge is not ready\. .*tasks/), {
      timeout: 20_000,
    });
    await stkDone(["schema", "apply", "--project", root, "--yes"], { env });
    await ready(running);
    // Production: a token of `stk token` is one of an issuer that nobody trusts.
    expect(await running.call({ path: "tasks/open" })).toMatchObject({ status: 401 });
    expect(running.said()).not.toContain(new URL(database.url).password);
    expect(await end(running)).toBe(130);
  });

  test("names what it lacks before it starts anything", async () => {
    const running = await run(["--local"]);
    const [code] = await once(running.child, "exit");
    expect(code).toBe(1);
    expect(running.said()).toMatch(/AUTH_ISSUER.*AUTH_JWKS_URL.*DATABASE_URL[\s\S]*--pglite/);
  });

  test.each([
    [["shop:v9", "--local"], "shop:v9", "image_not_found"],
    [["--engine"], "Docker", "engine_unavailable"],
    [["--engine", "--local"], "exclude", "invalid_usage"],
  ])("%j is refused", async (words, why, failure) => {
    const running = await run(words, noDocker);
    const [code] = await once(running.child, "exit");
    expect(code).toBe(failure === "invalid_usage" ? 2 : 1);
    expect(running.said()).toContain(why);
    expect(running.said()).toContain(failure);
  });

  test("a project that was never deployed is told how", async () => {
    const other = join(temporary, "other");
    await initProject(other);
    const running = await run(["--pglite", "--project", other], noDocker);
    const [code] = await once(running.child, "exit");
    expect(code).toBe(1);
    expect(running.said()).toContain("stk deploy image --tag other:dev");
  });

  test("a Bridge that ends by itself ends the command, with its reason shown", async () => {
    await writeFile(join(root, ".env"), "AUTH_ISSUER=https://issuer.example\nAUTH_JWKS_URL=nonsense\n");
    onTestFinished(() => rm(join(root, ".env")));
    const running = await run(["--pglite", "--local"]);
    const [code] = await once(running.child, "exit");
    expect(code).toBe(1);
    expect(running.said()).toContain("AUTH_JWKS_URL");
    expect(running.said()).toContain("ended by itself");
  });
});

await describeWith(["engine"], "stk run in Docker", () => {
  afterAll(() => execa("docker", ["rmi", "--force", "shop:v1"], { reject: false }));
  const containers = async (pid: number | undefined): Promise<string[]> => {
    const filter = ["--filter", `label=dev.santokit.run=${pid}`];
    return (await execa("docker", ["ps", "--all", "--quiet", ...filter])).stdout.split("\n").filter(Boolean);
  };

  test("runs in a container that has no rights, and removes it", { timeout: 90_000 }, async () => {
    const running = await run(["shop:v1", "--pglite", "--engine"]);
    await ready(running);
    expect(running.said()).toContain("in Docker");
    const [id = ""] = await containers(running.child.pid);
    const [inspected] = JSON.parse((await execa("docker", ["inspect", id])).stdout);
    expect(inspected.HostConfig).toMatchObject({
      ReadonlyRootfs: true,
      CapDrop: ["ALL"],
      SecurityOpt: ["no-new-privileges"],
    });
    expect(inspected.Config.User).toMatch(/^[1-9]/);
    await answersAsDeclared(running);
    expect(await end(running)).toBe(130);
    expect(await containers(running.child.pid)).toEqual([]);
  });
});
