import type { PlannableSchema } from "../../schema/declared.ts";
import type { Manifest } from "../../schema/manifest.ts";
import type { Diagnostic } from "../core/diagnostic.ts";

/** A file of a bundle, by its path in it. */
export type BundleFile = { path: string; content: Uint8Array };

/** A project, compiled. `manifest` is there where no diagnostic is an error. */
export type Compilation = {
  root: string;
  manifest: Manifest | undefined;
  /** `logic/*.mjs` and `maps/logic/*.mjs.map`. */
  modules: readonly BundleFile[];
  /** Every problem at once, in reading order. */
  diagnostics: readonly Diagnostic[];
  /** The declared schemas by connection, their types as written. */
  declared: Readonly<Record<string, PlannableSchema>>;
  /** The text of every file, by path, with what looks like a secret masked. */
  sources: ReadonlyMap<string, string>;
};
