import type { Change } from "../../diff/change.ts";
import type { Model } from "../../model/model.ts";
import { statementsOf } from "../statement.ts";
import type { PlacedStatement } from "./expansion.ts";

/** The statements of a change as Postgres' documentation has them, all in the transaction of their neighbours. */
export const plainStatements = (change: Change, enums: Model["enums"] = new Map()): PlacedStatement[] =>
  statementsOf(change, enums).map((statement) => ({ ...statement, placement: "together" }));
