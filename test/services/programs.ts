import { accessSync, constants } from "node:fs";
import path from "node:path";

/** Every file on the PATH that a program's name stands for; the first is the one that is run. */
export const programsInPath = (program: string): string[] =>
  (process.env.PATH ?? "")
    .split(path.delimiter)
    .map((directory) => path.join(directory, program))
    .filter(isExecutable);

/** Whether a program is on the PATH. */
export const inPath = (program: string): boolean => programsInPath(program).length > 0;

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
