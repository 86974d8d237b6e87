import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { execa } from "execa";
import pg from "pg";
import { z } from "zod";
import { startIssuer } from "../e2e/issuer.ts";
import { startPostgres } from "../services/postgres-server.ts";
import { interleaved } from "./measure.ts";
import { bridgeFile, owner, stkFile } from "./project.ts";
import type { Section } from "./report.ts";
import { startServer } from "./server.ts";

const rowCount = 200_000;
const answer = z.object({ data: z.array(z.unknown()) });
const files = {
  "stk.yaml": "name: shop\n",
  "config/connections.yaml": "main:\n  url: ${DATABASE_URL}\n",
  "config/auth.yaml":
    'issuers:\n  - { issuer: "${AUTH_ISSUER}", jwks: "${AUTH_JWKS_URL}", audience: shop }\n',
  "schema/tables.yaml": `tables:
  members:
    columns: { organisation_id: { type: int }, user_id: { type: uuid } }
    primaryKey: [user_id, organisation_id]
  files:
    columns: { id: { type: int, primaryKey: true }, organisation_id: { type: int, nullable: false }, owner_id: { type: uuid } }
    indexes: [{ columns: [organisation_id] }, { columns: [owner_id] }]
`,
  "config/permissions.yaml": `tables:
  files:
    select:
      authenticated:
        where:
          or:
            - { owner_id: $user.id }
            - exists: { table: members, where: { organisation_id: $row.organisation_id, user_id: $user.id } }
`,
};

/** The rows that a caller may see by a rule of two ways, in milliseconds for one call. */
export async function measureRules(directory: string): Promise<Section> {
  const [postgres, issuer] = await Promise.all([startPostgres(18), startIssuer()]);
  const client = new pg.Client({ connectionString: postgres.url });
  try {
    await client.connect();
    const manifest = await prepare(directory, postgres.url, client);
    const env = { AUTH_ISSUER: issuer.issuer, AUTH_JWKS_URL: issuer.jwks, NODE_ENV: "production" };
    const bridge = await startServer(bridgeFile, {
      ...env,
      MANIFEST_PATH: manifest,
      DATABASE_URL: postgres.url,
    });
    try {
      return await compare(bridge.origin, await issuer.token({ sub: owner, audience: "shop" }), client);
    } finally {
      await bridge.stop();
    }
  } finally {
    await client.end();
    await Promise.all([postgres.stop(), issuer.stop()]);
  }
}

async function compare(origin: string, token: string, client: pg.Client): Promise<Section> {
  const select = "select id, organisation_id, owner_id from files where owner_id = $1 or";
  const byHand = async (rest: string): Promise<number> =>
    (await client.query(`${select} ${rest}`, [owner])).rowCount ?? 0;
  const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
  const body = JSON.stringify({ path: "db/main/files/select", params: {} });
  const call = async (): Promise<number> => {
    const response = await fetch(`${origin}/call`, { method: "POST", headers, body });
    return answer.parse(await response.json()).data.length;
  };
  const subjects = {
    exists: () =>
      byHand(
        "exists (select from members m where m.organisation_id = files.organisation_id and m.user_id = $1)",
      ),
    list: () =>
      byHand("organisation_id = any (array(select organisation_id from members where user_id = $1))"),
    bridge: call,
  };
  const counts = await Promise.all(Object.values(subjects).map((subject) => subject()));
  if (new Set(counts).size !== 1 || counts[0] === 0)
    throw new Error(`The subjects differ: ${counts.join(", ")}`);
  const timed = (work: () => Promise<number>) => async (): Promise<number> => {
    const started = performance.now();
    await work();
    return performance.now() - started;
  };
  const { exists, list, bridge } = await interleaved(
    { exists: timed(subjects.exists), list: timed(subjects.list), bridge: timed(subjects.bridge) },
    21,
  );
  return {
    title: "A rule of two ways: own rows, or those of one's organisations",
    text: "One select of the 202 rows of 200,000 that a caller may see, by `owner_id = $user.id` or by a row of `members`. The Bridge over HTTP, with a JWT; the others are SQL on a connection that is open.",
    unit: "ms",
    rows: [
      { name: "by hand, as it is said: `or exists (...)`", figure: exists },
      { name: "by hand, as Postgres likes it: `or ... = any (array(...))`", figure: list },
      {
        name: "Bridge",
        figure: bridge,
        ratio: { of: exists.median / bridge.median, to: "`or exists`" },
        aim: "at least 10",
      },
    ],
  };
}

/** Two organisations of a hundred rows are the caller's, and two rows besides. */
async function prepare(directory: string, url: string, client: pg.Client): Promise<string> {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(directory, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  const stk = (...words: string[]) =>
    execa(process.execPath, [stkFile, ...words, "--project", directory], { env: { DATABASE_URL: url } });
  await stk("schema", "apply", "--yes");
  await client.query(
    "insert into files select n, n % 2000, gen_random_uuid() from generate_series(1, $1::int) n",
    [rowCount],
  );
  await client.query("update files set owner_id = $1 where id in (1003, 1004)", [owner]);
  await client.query(
    "insert into members select n, gen_random_uuid() from generate_series(0, 1999) n, generate_series(1, 5)",
  );
  await client.query("insert into members values (1, $1), (2, $1)", [owner]);
  await client.query("analyze");
  await stk("bundle");
  await execa("tar", ["-xzf", "santokit-bundle.tgz"], { cwd: path.join(directory, "dist") });
  return path.join(directory, "dist/manifest.json");
}
