import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { z } from "zod";
import { authFile } from "../schema/auth.ts";
import { connectionsFile } from "../schema/connections.ts";
import { environmentsFile } from "../schema/environments.ts";
import { moduleFrontMatter, sqlFrontMatter } from "../schema/logic.ts";
import { manifest } from "../schema/manifest.ts";
import { permissionsFile } from "../schema/permissions.ts";
import { planFile } from "../schema/plan-file.ts";
import { projectFile } from "../schema/project.ts";
import { schemaFile } from "../schema/schema-file.ts";
import { serverFile } from "../schema/server.ts";
import { callRequest } from "../schema/wire.ts";

const formats: Readonly<Record<string, z.ZodType>> = {
  stk: projectFile,
  schema: schemaFile,
  permissions: permissionsFile,
  connections: connectionsFile,
  auth: authFile,
  environments: environmentsFile,
  server: serverFile,
  "sql-logic": sqlFrontMatter,
  "module-logic": moduleFrontMatter,
  manifest,
  plan: planFile,
  call: callRequest,
};

const directory = path.resolve(import.meta.dirname, "../schema/json");

/** Draft 7 is what every editor's YAML and JSON support reads; npm's mirror serves the files of a published version. */
function jsonSchemaOf(name: string, format: z.ZodType): string {
  const { $schema, ...schema } = z.toJSONSchema(format, { target: "draft-7", io: "input" });
  const $id = `https://unpkg.com/santokit/schema/json/${name}.json`;
  return `${JSON.stringify({ $schema, $id, ...schema }, null, 2)}\n`;
}

const wanted = new Map(
  Object.entries(formats).map(([name, format]) => [`${name}.json`, jsonSchemaOf(name, format)]),
);

await mkdir(directory, { recursive: true });
const present = await readdir(directory);
if (process.argv.includes("--check")) {
  const texts = await Promise.all(present.map((file) => readFile(path.join(directory, file), "utf8")));
  const found = new Map(present.map((file, index) => [file, texts[index]]));
  const stale = [...new Set([...wanted.keys(), ...present])].filter(
    (file) => found.get(file) !== wanted.get(file),
  );
  if (stale.length > 0) {
    process.stderr.write(`Out of date in schema/json: ${stale.join(", ")}. Run: npm run schemas\n`);
    process.exitCode = 1;
  }
} else {
  await Promise.all([...wanted].map(([file, text]) => writeFile(path.join(directory, file), text)));
  const left = present.filter((file) => !wanted.has(file));
  await Promise.all(left.map((file) => rm(path.join(directory, file))));
}
