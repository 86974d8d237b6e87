import type { DeclaredSchema } from "../../schema/declared.ts";
import type { Model } from "../database/model/model.ts";
import type { DeclaredObject } from "../database/shadow/render.ts";

/** What rules look at: a declared schema as it was normalised, and as Postgres understood it. */
export type LintedSchema = { declared: DeclaredSchema; model: Model };

/** Something that a rule finds: at what, and what there is, as a sentence. */
export type Finding = { of: DeclaredObject; part?: "type" | "default"; message: string };

/** One rule of `stk schema lint`. The texts are also the documentation's. */
export type Rule = {
  /** Stable, snake_case. */
  code: string;
  severity: "error" | "warning";
  /** What it finds, in a few words. */
  finds: string;
  /** What comes of it, as a sentence. */
  why: string;
  /** What to do, as a sentence. */
  wayOut: string;
  check(schema: LintedSchema): Finding[];
};
