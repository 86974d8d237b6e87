import { existsSync } from "node:fs";
import { mkdtemp, rename, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { UnpackSync } from "tar/unpack";
import { StkError } from "../core/error.ts";
import { makeDirectory } from "../core/make-directory.ts";

/**
 * Makes the data directory of an embedded database from an initialised one, where there is none. It is unpacked beside
 * and renamed: what was killed half-way is not taken for a database.
 *
 * @throws {StkError} `not_a_database` where the directory holds something else.
 */
export async function makeDataDirectory(directory: string, initialised: () => Promise<Blob>): Promise<void> {
  if (existsSync(join(directory, "PG_VERSION"))) return;
  makeDirectory(dirname(directory));
  const unfinished = await mkdtemp(`${resolve(directory)}.new-`); // a name that is nobody's, for its owner alone
  unpack(Buffer.from(await (await initialised()).arrayBuffer()), unfinished);
  try {
    await rename(unfinished, directory);
  } catch (cause) {
    await rm(unfinished, { recursive: true, force: true });
    throw new StkError("not_a_database", `${directory} is no empty directory, and holds no database.`, {
      cause,
      hint: "Name a directory that is empty or not there.",
    });
  }
}

function unpack(tar: Buffer, cwd: string): void {
  const failures: Error[] = [];
  // Of its warnings one is of no account: that paths which begin with a slash are taken as relative ones.
  const onwarn = (code: string, message: string | Error, cause: unknown) => {
    if (code !== "TAR_ENTRY_INFO") failures.push(cause instanceof Error ? cause : new Error(String(message)));
  };
  new UnpackSync({ cwd, onwarn }).end(tar);
  const [failure] = failures;
  if (failure !== undefined) throw failure;
}
