import { join } from "node:path";
import type { DeclaredRename, PlannableSchema } from "../../../schema/declared.ts";
import { cacheFiles } from "../../core/cache-file.ts";
import { digestOf } from "../../core/digest.ts";
import { ownPackage } from "../../core/package-root.ts";
import { wholeAsJson, wholeFromJson, wholeModel } from "../model/whole-model.ts";
import { pgliteVersion } from "../pglite-version.ts";
import { openShadow, type Shadow } from "./shadow.ts";

/** Raised when the same declaration would be read in another way. */
const version = 2;
const mostModels = 6;

/**
 * A {@link Shadow} that is opened when something is first asked of it. What the models of a declaration were is kept in
 * `directory`, so that one which did not change since starts no Postgres.
 */
export function keptShadow(directory: string, open: () => Promise<Shadow> = openShadow): Shadow {
  const cache = cacheFiles(join(directory, "models"), wholeModel, mostModels);
  let opened: Promise<Shadow> | undefined;
  const shadow = (): Promise<Shadow> => {
    opened ??= open();
    return opened;
  };
  return {
    rehearse: async (...asked) => (await shadow()).rehearse(...asked),
    read: async (...asked) => (await shadow()).read(...asked),
    stage: async (...asked) => (await shadow()).stage(...asked),
    async model(declared, yetToBeMade = []) {
      const key = keyOf(declared, yetToBeMade);
      const kept = cache.read(key);
      const known = kept === undefined ? undefined : wholeFromJson(kept);
      if (known !== undefined) return known;
      const model = await (await shadow()).model(declared, yetToBeMade);
      cache.write(key, wholeAsJson(model));
      return model;
    },
    async close() {
      const one = opened;
      opened = undefined;
      await (await one?.catch(() => undefined))?.close();
    },
  };
}

// The order of tables and columns is the order in which they are made, so the text is not canonical on purpose.
const keyOf = (
  { enums, tables, objects, scope }: PlannableSchema,
  yetToBeMade: readonly DeclaredRename[],
): string =>
  digestOf(
    JSON.stringify([
      version,
      ownPackage().version,
      pgliteVersion(),
      { enums, tables, objects, scope },
      yetToBeMade,
    ]),
  ).slice("sha256:".length);
