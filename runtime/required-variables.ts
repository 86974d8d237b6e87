import type { Manifest } from "../schema/manifest.ts";
import { StkError } from "../src/core/error.ts";

/**
 * Refuses to start without what the release needs, naming all of it at once.
 *
 * @param optional variables that may be missing, unless a module reads them too.
 * @throws {StkError} `missing_variables`.
 */
export function assertVariables(
  manifest: Manifest,
  environment: Readonly<Record<string, string | undefined>>,
  optional: ReadonlySet<string>,
): void {
  const ofModules = new Set(
    Object.values(manifest.logic).flatMap((logic) => (logic.kind === "module" ? logic.env : [])),
  );
  const isThere = ({ name, usedBy }: Manifest["environment"][number]): boolean =>
    environment[name] === "" ? usedBy.every(isList) : environment[name] !== undefined;
  const missing = manifest.environment.filter(
    (needed) => !isThere(needed) && (!optional.has(needed.name) || ofModules.has(needed.name)),
  );
  if (missing.length === 0) return;
  const named = missing.map(({ name, usedBy }) =>
    usedBy.length === 0 ? name : `${name} (${usedBy.join(", ")})`,
  );
  throw new StkError("missing_variables", `The environment lacks ${named.join(", ")}.`, {
    hint: "Set them where the Bridge runs; `stk dev` reads .env too. They are never part of the image.",
    details: { missing: missing.map(({ name }) => name) },
  });
}

/** A variable that is empty is a list without items, and nothing else. */
const isList = (use: string): boolean => /^server\.cors\.\w+\.\d+$/.test(use);
