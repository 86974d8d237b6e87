import type { Model } from "../model/model.ts";

/** Whether a BEFORE INSERT trigger of a table may give values to what an insert leaves out. */
export const fillsRows = (table: string, model: Model): boolean =>
  [...model.objects.values()].some(
    (object) =>
      object.kind === "trigger" &&
      object.table === table &&
      /\bBEFORE\b[^;]*?\bINSERT\b[^;]*?\bON\b[^;]*\bFOR EACH ROW\b/i.test(JSON.stringify(object.facts)),
  );
