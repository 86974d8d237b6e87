import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { StkError } from "../../src/core/error.ts";
import { expectedImports } from "../expected-imports.ts";
import type { Context } from "./context.ts";

/** The default export of a module. */
export type ModuleHandler = (params: Readonly<Record<string, unknown>>, context: Context) => unknown;

/**
 * Imports a module of the bundle. The digest in its address lets `stk dev` import a changed file again.
 *
 * @throws {StkError} `invalid_module` when it cannot be imported, or its default export is no function.
 */
export async function loadModule(root: string, file: string): Promise<ModuleHandler> {
  const location = path.join(root, file);
  try {
    const digest = createHash("sha256")
      .update(await readFile(location))
      .digest("hex");
    const url = pathToFileURL(location);
    url.searchParams.set("sha256", digest);
    expectedImports.add(url.href);
    const module: unknown = await import(url.href).finally(() => expectedImports.delete(url.href));
    if (isModule(module)) return module.default;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : "it threw something that is no error";
    throw new StkError("invalid_module", `${file} could not be loaded: ${reason}`, {
      cause,
      ...(isFrozen(cause) ? { hint: frozenHint } : {}),
    });
  }
  throw new StkError("invalid_module", `${file} has no default export that is a function.`, {
    hint: "Write: export default async function name(params, context) { ... }",
  });
}

const frozenHint =
  "What all logic shares is frozen, JavaScript's and Node's own objects. Leave out the polyfill: Node has what it adds.";

/** Whether it is V8's report of a write to a frozen object, or that of runtime/isolation/freeze.ts. */
const isFrozen = (cause: unknown): boolean =>
  cause instanceof TypeError &&
  /not extensible|read only property|Cannot redefine|Cannot delete|is shared by all logic/.test(
    cause.message,
  );

const isModule = (module: unknown): module is { default: ModuleHandler } =>
  typeof module === "object" &&
  module !== null &&
  "default" in module &&
  typeof module.default === "function";
