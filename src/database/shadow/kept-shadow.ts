import { join } from "node:path";
import { z } from "zod";
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
const mostTrials = 6;

/**
 * A {@link Shadow} that is opened when something is first asked of it. What the models of a declaration were, and what came
 * of remembered work, is kept in `directory`, so that what did not change since starts no Postgres.
 */
export function keptShadow(directory: string, open: () => Promise<Shadow> = openShadow): Shadow {
  const cache = cacheFiles(join(directory, "models"), wholeModel, mostModels);
  const trials = cacheFiles(join(directory, "trials"), z.unknown(), mostTrials);
  let opened: Promise<Shadow> | undefined;
  const shadow = (): Promise<Shadow> => {
    opened ??= open();
    return opened;
  };
  return {
    rehearse: async (...asked) => (await shadow()).rehearse(...asked),
    read: async (...asked) => (await shadow()).read(...asked),
    async stage(extensions, work, remembered) {
      if (remembered === undefined) return (await shadow()).stage(extensions, work);
      const key = digestKey([extensions, remembered.about]);
      const known = remembered.format.safeParse(trials.read(key));
      if (known.success) return known.data;
      const result = await (await shadow()).stage(extensions, work);
      if (remembered.format.safeParse(result).success) trials.write(key, result);
      return result;
    },
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
): string => digestKey([{ enums, tables, objects, scope }, yetToBeMade]);

/** The {@link keptShadow} of a project, whose cache is in `.stk/cache`. */
export const projectShadow = (root: string): Shadow => keptShadow(join(root, ".stk", "cache"));

const digestKey = (about: readonly unknown[]): string =>
  digestOf(JSON.stringify([version, ownPackage().version, pgliteVersion(), ...about])).slice(
    "sha256:".length,
  );
