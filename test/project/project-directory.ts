import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, inject, onTestFinished } from "vitest";

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

/** A project as {@link projectDirectory} makes it, of which the tests of one file share what Postgres said before. */
export function warmProject(files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = projectDirectory(files);
  shareCache(root);
  return root;
}

/** Lets a project use the cache of its test's file: an entry is found by the digest of all that it depends on. */
export function shareCache(root: string): void {
  const name = createHash("sha256")
    .update(expect.getState().testPath ?? "")
    .digest("hex");
  const cache = join(inject("temporary"), `cache-${name}`);
  mkdirSync(cache, { recursive: true, mode: 0o700 });
  mkdirSync(join(root, ".stk"), { recursive: true, mode: 0o700 });
  symlinkSync(cache, join(root, ".stk", "cache"));
}
