import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { StkError } from "./error.ts";

/**
 * Makes a directory and those above it that are not there. `mkdir` of Node does so too, and never ends where a file
 * system has no place for one, such as `/proc/x`.
 *
 * @param mode of the directories that are made.
 * @throws {StkError} `system_error` where there is no place for it. The error of Node for all else.
 */
export function makeDirectory(directory: string, mode?: number): void {
  if (isDirectory(directory)) return;
  const parent = dirname(directory);
  if (parent !== directory) makeDirectory(parent, mode);
  try {
    mkdirSync(directory, { mode });
  } catch (error) {
    if (isDirectory(directory)) return; // made by another meanwhile
    throw isMissing(error) ? noPlace(directory, error) : error;
  }
}

const isDirectory = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

const isMissing = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ENOENT";

const noPlace = (directory: string, cause: unknown): StkError =>
  new StkError("system_error", `The system makes no directory ${directory}.`, {
    hint: "Name another place.",
    cause,
  });
