import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

/** The least that makes a project valid. */
export const minimal = {
  "stk.yaml": "name: sample\n",
  "config/connections.yaml": `main:\n  url: \${DATABASE_URL}\n`,
} as const;

/** Writes a project into a new directory, in the order given, and removes it when the test is over. */
export function projectDirectory(files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = mkdtempSync(join(tmpdir(), "stk-project-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, content] of Object.entries({ ...minimal, ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}
