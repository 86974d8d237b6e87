import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, rename, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { developmentKey } from "../../src/dev/development-key.ts";
import { initProject } from "../../src/dev/init-project.ts";
import { signToken } from "../../src/dev/sign-token.ts";
import { shareCache } from "../project/project-directory.ts";
import { askService } from "../services/ask.ts";
import { freePort } from "../services/port.ts";
import { temporaryDirectory } from "../services/temporary.ts";

const answer = z.object({
  data: z.unknown().optional(),
  error: z.looseObject({ code: z.string() }).optional(),
});
const ann = "10000000-0000-4000-8000-000000000001";

/** `stk dev` in a process of its own, as its users have it. */
type Dev = {
  child: ChildProcessByStdio<null, Readable, Readable>;
  said(): string;
  call(body: unknown): Promise<{ status: number; body: z.infer<typeof answer> }>;
  end(signal: NodeJS.Signals): Promise<number | null>;
};

const children: ChildProcessByStdio<null, Readable, Readable>[] = [];
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
});

async function dev(root: string, ...words: string[]): Promise<Dev> {
  const port = await freePort();
  const command = [await askService("/command"), "dev", "--project", root, "--port", String(port), ...words];
  const child = spawn(process.execPath, command, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH, HOME: process.env.HOME },
  });
  children.push(child);
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  const token = await signToken(
    await developmentKey(root),
    { sub: ann, roles: [], expiresInMs: 600_000 },
    Date.now(),
  );
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
    async end(signal) {
      if (child.exitCode !== null) return child.exitCode;
      child.kill(signal);
      const [code] = await once(child, "exit");
      return code;
    },
  };
}

const until = (holds: () => unknown) => vi.waitFor(holds, { timeout: 30_000, interval: 50 });
const serves = (running: Dev) => until(() => expect(running.said()).toContain("Serving shop"));

let root: string;
const edit = async (file: string, from: string, to: string): Promise<void> => {
  const path = join(root, file);
  const before = await readFile(path, "utf8");
  expect(before).toContain(from);
  await writeFile(`${path}~`, before.replaceAll(from, to));
  await rename(`${path}~`, path);
};

describe("stk dev", { timeout: 60_000 }, () => {
  let running: Dev;
  beforeAll(async () => {
    root = join(temporaryDirectory(), "shop");
    await initProject(root);
    shareCache(root);
    running = await dev(root);
    await serves(running);
  });
  afterAll(async () => {
    await running.end("SIGINT");
  });

  test("serves the schema with the seeds, and prints a call that can be pasted", async () => {
    expect(await running.call({ path: "tasks/open" })).toMatchObject({
      status: 200,
      body: {
        data: [{ title: "Call tasks/open with a token", notes: 1 }, { title: "Declare a table of my own" }],
      },
    });
    const [, token] = /authorization: Bearer (\S+)'/.exec(running.said()) ?? [];
    const [, url] = /^curl -sS (\S+)/m.exec(running.said()) ?? [];
    const [, body] = /-d '(.+)'/.exec(running.said()) ?? [];
    const response = await fetch((url ?? "").replace("localhost", "127.0.0.1"), {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: body ?? "",
    });
    expect(response.status).toBe(200);
    expect(answer.parse(await response.json()).data).toHaveLength(3);
  });

  test("a second one for the same project is told where the first is", async () => {
    const second = await dev(root);
    const [code] = await once(second.child, "exit");
    expect(code).toBe(1);
    expect(second.said()).toMatch(/already \(process \d+, http/);
  });

  test("takes over logic, permissions and an additive change of the schema, without a restart", async () => {
    await edit("logic/tasks/open.sql", "select id, title", "select upper(title) as title");
    await until(async () =>
      expect((await running.call({ path: "tasks/open", params: { limit: 1 } })).body.data).toMatchObject([
        { title: "CALL TASKS/OPEN WITH A TOKEN" },
      ]),
    );
    await edit("logic/tasks/finish.ts", "You have no such task.", "Not one of yours.");
    const finish = { path: "tasks/finish", params: { task_id: "40000000-0000-4000-8000-000000000004" } };
    await until(async () =>
      expect((await running.call(finish)).body.error).toMatchObject({ message: "Not one of yours." }),
    );
    const remove = { path: "db/main/notes/delete", params: { where: { body: "x" } } };
    expect((await running.call(remove)).status).toBe(403);
    const before = await readFile(join(root, "config/permissions.yaml"), "utf8");
    await writeFile(join(root, "config/permissions.yaml"), `${before}      authenticated: true\n`);
    await until(async () => expect((await running.call(remove)).status).toBe(200));

    await edit(
      "schema/tasks.yaml",
      "      due_on: { type: date }",
      "      due_on: { type: date }\n      effort: { type: integer }",
    );
    const select = { path: "db/main/tasks/select", params: { columns: ["effort"], limit: 1 } };
    await until(async () => expect((await running.call(select)).body.data).toEqual([{ effort: null }]));
    expect(running.said()).toContain("Add the column tasks.effort");
  });

  test("shows what is wrong as validate does, and goes on with the last good version", async () => {
    await edit("logic/status.sql", "from tasks", "from taskz");
    await until(() =>
      expect(running.said()).toMatch(/logic\/status\.sql:\d+:\d+ error[\s\S]*\^[\s\S]*last good version/),
    );
    expect(await running.call({ path: "status" })).toMatchObject({
      status: 200,
      body: { data: { tasks: 4 } },
    });
    await edit("logic/status.sql", "from taskz", "from tasks where title = 'none'");
    await until(async () =>
      expect((await running.call({ path: "status" })).body.data).toMatchObject({ tasks: 0 }),
    );
  });

  test("does not make a change that would lose data, and says how to", async () => {
    await edit("schema/tasks.yaml", "      effort: { type: integer }\n", "");
    await until(() =>
      expect(running.said()).toMatch(/cannot become what is declared[\s\S]*tasks\.effort[\s\S]*--reset/),
    );
    const select = { path: "db/main/tasks/select", params: { columns: ["effort"], limit: 1 } };
    expect((await running.call(select)).status).toBe(200);
    await edit(
      "schema/tasks.yaml",
      "      due_on: { type: date }",
      "      due_on: { type: date }\n      effort: { type: integer }",
    );
  });

  test("renames what is declared as renamed, and keeps its rows", async () => {
    const titles = async (column: string) => {
      const params = { columns: ["title", column], orderBy: [{ column: "title" }] };
      return (await running.call({ path: "db/main/tasks/select", params })).body.data;
    };
    const before = await titles("effort");
    expect(before).not.toHaveLength(0);
    await edit(
      "schema/tasks.yaml",
      "effort: { type: integer }",
      "hours: { type: integer, renamedFrom: effort }",
    );
    await until(async () => {
      const after = JSON.stringify(await titles("hours"));
      expect(after).toBe(JSON.stringify(before).replaceAll('"effort"', '"hours"'));
    });
    expect(running.said()).toContain("Rename the column tasks.effort to hours");
  });
});

describe("stk dev's database", { timeout: 120_000 }, () => {
  beforeEach(async () => {
    root = join(temporaryDirectory(), "shop");
    await initProject(root);
    shareCache(root);
  });

  test("stays when stk dev is ended or killed, and --reset makes it anew", async () => {
    const insert = { path: "db/main/tasks/insert", params: { values: { title: "Stay" } } };
    const count = async (running: Dev) => {
      const { body } = await running.call({ path: "db/main/tasks/select", params: { columns: ["id"] } });
      return Array.isArray(body.data) ? body.data.length : 0;
    };
    const first = await dev(root);
    await serves(first);
    expect((await first.call(insert)).status).toBe(200);
    expect(await first.end("SIGINT")).toBe(130);

    const second = await dev(root);
    await serves(second);
    expect(await count(second)).toBe(4);
    expect((await second.call(insert)).status).toBe(200);
    await second.end("SIGKILL");

    const third = await dev(root);
    await serves(third);
    expect(await count(third)).toBe(5);
    expect(await third.end("SIGTERM")).toBe(143);

    const fourth = await dev(root, "--reset");
    await serves(fourth);
    expect(fourth.said()).toContain("deleting the development databases");
    expect(await count(fourth)).toBe(3);
    await fourth.end("SIGINT");
  });

  test("a project that is wrong from the beginning is served once it is right", async () => {
    await edit("config/permissions.yaml", "roles: [admin]", "roles: [admin, 1]");
    const running = await dev(root);
    await until(() => expect(running.said()).toContain("Nothing is served until this is right."));
    await edit("config/permissions.yaml", "roles: [admin, 1]", "roles: [admin]");
    await serves(running);
    expect(await running.end("SIGINT")).toBe(130);
  });

  test("a variable that logic needs may come from .env, at the start or later", async () => {
    await edit(
      "logic/tasks/finish.ts",
      "---\naccess: authenticated",
      "---\naccess: authenticated\nenv: [GREETING]",
    );
    await edit(
      "logic/tasks/finish.ts",
      "export default async function finish(params: { task_id: string }, context: Context) {",
      "export default async function finish(params: { task_id: string }, context: Context) {\n  if (context.env.GREETING) return context.env.GREETING;",
    );
    const running = await dev(root);
    await until(() => expect(running.said()).toContain("GREETING"));
    await writeFile(join(root, ".env"), "GREETING=hello\n");
    await serves(running);
    const finish = { path: "tasks/finish", params: { task_id: ann } };
    expect((await running.call(finish)).body).toEqual({ data: "hello" });
    await writeFile(join(root, ".env"), "GREETING=again\n");
    await until(async () => expect((await running.call(finish)).body).toEqual({ data: "again" }));
    await running.end("SIGINT");
  });

  test("with --json prints where it serves, and a call to try, once it does", async () => {
    const running = await dev(root, "--json");
    await until(() => expect(running.said()).toMatch(/^\{[\s\S]*\}\n$/));
    const { name, url, example } = z
      .object({ name: z.string(), url: z.url(), example: z.object({ token: z.string(), body: z.unknown() }) })
      .parse(JSON.parse(running.said()));
    expect(name).toBe("shop");
    const response = await fetch(`${url}/call`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${example.token}` },
      body: JSON.stringify(example.body),
    });
    expect(answer.parse(await response.json()).data).toHaveLength(3);
    expect(await running.end("SIGINT")).toBe(130);
  });

  test("an address that this machine does not have is said to be none", async () => {
    const running = await dev(root, "--host", "192.0.2.1");
    const [code] = await once(running.child, "exit");
    expect(code).toBe(1);
    expect(running.said()).toMatch(/192\.0\.2\.1:\d+ cannot be listened on.*address_refused/);
  });

  test("a port that is taken is said to be", async () => {
    const holder = createServer().listen(0, "127.0.0.1");
    await once(holder, "listening");
    const address = holder.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const running = await dev(root, "--port", String(port));
    const [code] = await once(running.child, "exit");
    holder.close();
    expect(code).toBe(1);
    expect(running.said()).toMatch(new RegExp(`${port}[\\s\\S]*--port`));
  });
});
