import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { expect, it } from "vitest";
import { stkDone } from "../e2e/stk.ts";
import { freshDatabase } from "../services/postgres.ts";
import { temporaryDirectory } from "../services/temporary.ts";
import { type BridgeProcess, run, untilReady, useBridgeFile } from "./bridge-process.ts";
import { execute, post } from "./serve.ts";

useBridgeFile();

const [ada, adaId] = ["ada", "10000000-0000-4000-8000-000000000001"];

/** What a release of docs/expand-and-contract.md reads and writes. */
const releases = {
  old: { reads: ["owner"], writes: { owner: ada } },
  both: { reads: ["owner"], writes: { owner: ada, owner_id: adaId } },
  moved: { reads: ["owner_id"], writes: { owner: ada, owner_id: adaId } },
  next: { reads: ["owner_id"], writes: { owner_id: adaId } },
};
type Release = keyof typeof releases;

const before = "      owner: { type: text, nullable: false }\n";
const backfill = '"(select u.id from users u where u.name = owner)"';
const newColumn = (nullable: boolean): string =>
  `      owner_id: { type: uuid, nullable: ${nullable}, references: users.id, backfill: ${backfill} }\n`;
const free = "      owner: { type: text }\n";

/** The steps of the page: the columns then, what runs before, and what is started after: the next release and a rollback. */
const steps: readonly (readonly [step: string, columns: string, running: Release[], started: Release[]])[] = [
  ["the first release", before, [], ["old"]],
  ["expand", before + newColumn(true), ["old"], ["both", "old"]],
  ["move: no nulls", before + newColumn(false), ["both"], ["moved", "both"]],
  ["move: the old column is free", free + newColumn(false), ["moved"], ["next", "moved"]],
  ["contract", `${newColumn(false)}removed: { columns: { tasks: [owner] } }\n`, ["next"], ["next"]],
];

async function declare(project: string, columns: string, release: Release): Promise<void> {
  const { reads, writes } = releases[release];
  const files = {
    "stk.yaml": "name: tasks\n",
    "config/connections.yaml": `main: { url: "\${DATABASE_URL}" }\n`,
    "schema/main.yaml": `tables:
  users:
    columns:
      id: { type: uuid, primaryKey: true }
      name: { type: text, nullable: false, unique: true }
  tasks:
    columns:
      id: { type: bigint, identity: always, primaryKey: true }
${columns}`,
    "config/permissions.yaml": `tables:
  tasks:
    select: { public: { columns: [${["id", ...reads].join(", ")}] } }
    insert: { public: { columns: [${Object.keys(writes).join(", ")}] } }
`,
  };
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(project, name)), { recursive: true });
    await writeFile(path.join(project, name), text);
  }
}

/** The manifest of a release, as `stk bundle` makes it. */
async function bundled(project: string, columns: string, release: Release): Promise<string> {
  await declare(project, columns, release);
  await stkDone(["bundle", "--project", project]);
  const { stdout } = await execa("tar", ["-xzOf", "dist/santokit-bundle.tgz", "manifest.json"], {
    cwd: project,
  });
  return stdout;
}

/** Calls until `end`, which gives the answers that were not 200 and the number of those that were. */
function load(
  { url }: BridgeProcess,
  release: Release,
): { end(): Promise<{ failed: string[]; done: number }> } {
  let going = true;
  let done = 0;
  const failed: string[] = [];
  const { reads, writes } = releases[release];
  const call = async (name: string, params: unknown) => {
    const { status, body } = await post(url, JSON.stringify({ path: `db/main/tasks/${name}`, params }));
    if (status === 200) done += 1;
    else failed.push(`${release} ${name} ${status} ${body.error?.code}`);
  };
  const caller = async () => {
    while (going) {
      await call("insert", { values: writes });
      await call("select", { columns: reads, limit: 5, orderBy: [{ column: "id", direction: "desc" }] });
    }
  };
  const callers = [caller(), caller()];
  return {
    async end() {
      going = false;
      await Promise.all(callers);
      return { failed, done };
    },
  };
}

it("serves compiled releases through every step that stk applies, under load and rolled back", async ({
  annotate,
}) => {
  const { url: DATABASE_URL, drop } = await freshDatabase();
  const project = temporaryDirectory();
  const env = { DATABASE_URL };
  const manifests = new Map<Release, string>();
  const start = async (release: Release) => {
    const manifest = manifests.get(release) ?? "";
    const bridge = await run(manifest, env);
    await untilReady(bridge);
    return load(bridge, release);
  };
  let calls = 0;
  for (const [step, columns, running, started] of steps) {
    const loads = await Promise.all(running.map(start));
    for (const release of started)
      if (!manifests.has(release)) manifests.set(release, await bundled(project, columns, release));
    await stkDone(["schema", "apply", "--project", project, "--yes"], { env });
    if (running.length === 0) await execute(DATABASE_URL, `insert into users values ('${adaId}', '${ada}')`);
    for (const release of started) loads.push(await start(release));
    const ended = await Promise.all(loads.map(({ end }) => end()));
    expect({ step, failed: ended.flatMap(({ failed }) => failed) }).toEqual({ step, failed: [] });
    calls += ended.reduce((sum, { done }) => sum + done, 0);
  }
  const { rows } = await execute(DATABASE_URL, "select count(*) as lost from tasks where owner_id is null");
  expect(rows).toEqual([{ lost: "0" }]);
  await annotate(`${calls} calls`);
  await drop();
});
