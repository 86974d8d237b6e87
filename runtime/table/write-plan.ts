import type { Caller } from "../caller.ts";
import type { OperationInput } from "./operation.ts";
import { planner, rulesOf } from "./plans.ts";
import { type Readable, readableOf } from "./readable.ts";
import type { Shapes } from "./statements.ts";
import { bySpecificity, type WriteRule } from "./write-rule.ts";

/** What an insert or an update is planned with for one set of roles; `all` are the columns that may come back. */
export type WritePlan<Compiled extends object> = {
  readonly rules: readonly WriteRule[];
  readonly readable: Readable;
  readonly all: readonly string[];
  readonly shapes: Shapes<Compiled>;
};

/** Gives the {@link WritePlan} for a caller, or throws as {@link planner} says. */
export const writePlanner = <Compiled extends object>({
  rules,
  select,
  cache,
}: OperationInput<WriteRule>): ((caller: Caller) => WritePlan<Compiled>) =>
  planner(rules, select, (applicable, roles): WritePlan<Compiled> => {
    const readable = readableOf(rulesOf(select, roles));
    return {
      rules: bySpecificity(applicable),
      readable,
      all: [...readable.columns.keys()],
      shapes: cache.shapes(),
    };
  });
