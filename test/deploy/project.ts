import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { DeployContext } from "../../src/deploy/deploy-image.ts";
import { openPlaces } from "../../src/deploy/places.ts";
import { temporaryDirectory } from "../services/temporary.ts";

const files = {
  "stk.yaml": "name: notes\n",
  "schema/notes.yaml": [
    "tables:",
    "  notes:",
    "    columns:",
    "      id: { type: uuid, primaryKey: true, default: gen_random_uuid() }",
    "      title: { type: text, nullable: false }",
    "",
  ].join("\n"),
  "config/connections.yaml": "main:\n  url: ${DATABASE_URL}\n",
  "config/permissions.yaml": "tables: { notes: { select: { public: true } } }\n",
};

/** A small project of its own, with some files other than the usual ones. */
export function writeProject(changes: Readonly<Record<string, string>> = {}): string {
  const root = temporaryDirectory();
  for (const [path, text] of Object.entries({ ...files, ...changes })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

/** What the pipeline needs of a process; no engine answers it, and what it says is kept. */
export function contextOf(root: string, said: string[] = []): DeployContext {
  const env = { PATH: process.env.PATH, DOCKER_HOST: "unix:///nonexistent.sock", DOCKER_CONFIG: root };
  const { signal } = new AbortController();
  const output = {
    progress: (text: string) => said.push(text),
    warn: (text: string) => said.push(text),
    diagnostics: (found: readonly { message: string }[]) => said.push(...found.map(({ message }) => message)),
  };
  return { cwd: root, env, output, places: openPlaces({ project: root, env, signal }), signal };
}
