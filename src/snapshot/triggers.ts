import type { TriggerDeclaration } from "../../schema/triggers.ts";
import type { TriggerFacts } from "../database/snapshot/facts.ts";
import { closing, masked, withoutParentheses } from "./sql-text.ts";

const call = " EXECUTE FUNCTION ";
const condition = " WHEN (";

/** A trigger as it is declared. Its condition and its call are cut out of what Postgres says that it is. */
export function triggerOf(trigger: TriggerFacts): TriggerDeclaration {
  const { definition, timing, events, columns, forEach, oldTable, newTable, constraint, enabled, comment } =
    trigger;
  const mask = masked(definition);
  const at = mask.lastIndexOf(call);
  const when = mask.indexOf(condition);
  const open = when + condition.length - 1;
  return {
    [timing]: events,
    ...(columns === null ? {} : { columns }),
    ...(forEach === "row" ? {} : { forEach }),
    ...(oldTable === null ? {} : { oldTable }),
    ...(newTable === null ? {} : { newTable }),
    ...(when < 0 ? {} : { when: withoutParentheses(definition.slice(open, closing(mask, open) + 1)) }),
    execute: definition.slice(at + call.length),
    ...(constraint === null ? {} : { constraint }),
    ...(trigger.from === null ? {} : { from: trigger.from }),
    ...(enabled === "origin" ? {} : { enabled }),
    ...(comment === null ? {} : { comment }),
  };
}
