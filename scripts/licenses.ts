import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";

const packageFile = z.object({ name: z.string(), version: z.string(), license: z.string().optional() });

/**
 * The licences of the packages that files are of, as their notices ask for where their code is given on.
 *
 * @param files paths below `node_modules`, among others.
 */
export async function licensesOf(files: Iterable<string>): Promise<string> {
  const folders = new Set<string>();
  for (const file of files) {
    const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
    if (folder !== undefined) folders.add(folder);
  }
  const notices = await Promise.all([...folders].sort().map(noticeOf));
  return notices.join(`\n${"-".repeat(80)}\n\n`);
}

async function noticeOf(folder: string): Promise<string> {
  const { name, version, license } = packageFile.parse(
    JSON.parse(await readFile(path.join(folder, "package.json"), "utf8")),
  );
  const texts = (await readdir(folder)).filter((file) => /^(?:licen[cs]e|notice|copying)/i.test(file)).sort();
  const contents = await Promise.all(texts.map((file) => readFile(path.join(folder, file), "utf8")));
  return [`${name} ${version} (${license ?? "see below"})\n`, ...contents].join("\n");
}
