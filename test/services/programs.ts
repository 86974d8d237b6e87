import { accessSync, constants } from "node:fs";
import path from "node:path";

/** Whether a program is on the PATH. */
export const inPath = (program: string): boolean =>
  (process.env.PATH ?? "")
    .split(path.delimiter)
    .some((directory) => isExecutable(path.join(directory, program)));

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
