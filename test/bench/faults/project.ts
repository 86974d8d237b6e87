import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { bridgeFile, stkFile } from "../project.ts";

/** What the calls under load use. Nothing keeps a write from being done twice but the Bridge, so that it would show. */
const files: Readonly<Record<string, string>> = {
  "stk.yaml": "name: faults\n",
  "config/auth.yaml":
    "issuers:\n  - { issuer: '${AUTH_ISSUER}', jwks: '${AUTH_JWKS_URL}', audience: faults, algorithms: [ES256] }\n",
  "config/connections.yaml": "main: { url: '${DATABASE_URL}', pool: 4 }\n",
  "config/server.yaml": "limits: { time: 2s }\nlameduck: 1s\n",
  "config/permissions.yaml":
    "tables: { entries: { select: { authenticated: true }, insert: { authenticated: { columns: [write, part, note] } } } }\n",
  "schema/entries.yaml": `connection: main
tables:
  entries:
    columns:
      id: { type: uuid, primaryKey: true, default: gen_random_uuid() }
      write: { type: text, nullable: false }
      part: { type: integer, nullable: false }
      note: { type: text, nullable: false }
    indexes:
      - { columns: [write] }
`,
  "logic/two.sql": `---
access: authenticated
params: { write: { type: text }, note: { type: text } }
returns: none
---
insert into entries (write, part, note) values (:write, 1, :note);
insert into entries (write, part, note) values (:write, 2, :note)
`,
  "logic/nested.ts": `/*---
access: authenticated
params: { write: { type: text }, note: { type: text } }
---*/
import type { Context } from "santokit/logic";
export default (params: { write: string; note: string }, context: Context) =>
  context.transaction(async ({ sql }) => {
    await sql\`insert into entries (write, part, note) values (\${params.write}, 1, \${params.note})\`;
    await context.call("db/main/entries/insert", { values: { ...params, part: 2 } });
  });
`,
  "logic/stray.ts": `/*---
access: public
---*/
export default () => {
  setTimeout(() => { throw new Error("thrown in a timer"); });
  return "begun";
};
`,
  "logic/large.sql": `---
access: public
---
select repeat('x', 1000000) as text from generate_series(1, 6)
`,
};

/** A project's bundle beside the Bridge's file, in the one directory that the Bridge may read. */
export type Bundle = { directory: string; bridge: string; manifest: string };

/** Applies the project's schema to a database, and unpacks its bundle into a directory. */
export async function prepareBundle(directory: string, databaseUrl: string): Promise<Bundle> {
  const project = path.join(directory, "project");
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(project, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  const stk = (...words: string[]) =>
    execa(process.execPath, [stkFile, ...words, "--project", project], {
      env: { DATABASE_URL: databaseUrl },
    });
  await stk("schema", "apply", "--yes");
  await stk("bundle");
  const baked = path.join(directory, "baked");
  await mkdir(baked);
  await execa("cp", [path.join(project, "dist/manifest.json"), baked]);
  await execa("tar", ["-xzf", path.join(project, "dist/santokit-bundle.tgz")], { cwd: baked });
  const bridge = path.join(baked, "bridge.mjs");
  await execa("cp", [bridgeFile, bridge]);
  return { directory: baked, bridge, manifest: path.join(baked, "manifest.json") };
}
