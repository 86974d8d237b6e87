import path from "node:path";
import { execa } from "execa";

const root = path.resolve(import.meta.dirname, "../..");

/** Builds `dist`, so that what runs as another process is what the sources say; gives the path of `stk`. */
export async function buildCommand(): Promise<{ url: string; stop(): Promise<void> }> {
  await execa(process.execPath, ["scripts/build.ts"], { cwd: root, timeout: 60_000 });
  return { url: path.join(root, "dist/stk.js"), stop: async () => {} };
}
