import { quoteLiteral, quoteName } from "../identifier.ts";
import type { Model } from "../model/model.ts";
import { yamlName } from "../yaml-name.ts";
import type { Difference } from "./change.ts";
import { namesake } from "./namesake.ts";
import type { PendingTransition } from "./transition.ts";

/**
 * Enums: made, given the values that they lack in their place, or dropped where that is declared. A value can neither
 * go nor move.
 */
export function diffEnums(
  live: Model,
  desired: Model,
  pending: PendingTransition,
  difference: Difference,
): void {
  const { changes, blocked, notices } = difference;
  for (const [name, values] of desired.enums) {
    const present = live.enums.get(name);
    if (present !== undefined) diffValues(name, present, values, pending, difference);
    else if (blocked.some(({ object }) => object === name)) continue;
    else if (
      namesake(live, name, ["domain", "composite", "view", "materializedView"]) !== undefined ||
      live.tables.has(name)
    )
      blocked.push({
        code: "name_taken",
        object: name,
        message: `The enum ${name} is declared, and the database has something else of that name.`,
        wayOut: "Rename the one or the other.",
      });
    else changes.push({ kind: "createEnum", name, values });
  }
  for (const name of live.enums.keys())
    if (desired.enums.has(name)) continue;
    else if (pending.fateOf("enum", name) === "removed") changes.push({ kind: "dropEnum", name });
    else notices.push({ kind: "enum", object: name, message: `The enum ${name} is not declared.` });
}

function diffValues(
  name: string,
  present: readonly string[],
  values: readonly string[],
  pending: PendingTransition,
  { changes, blocked }: Difference,
): void {
  const gone = present.filter((value) => !values.includes(value));
  for (const value of gone) {
    if (pending.fateOfValue(name, value) !== undefined) continue;
    const successor = values[present.indexOf(value)];
    const rename =
      successor === undefined || present.includes(successor)
        ? ""
        : `If ${successor} is its new name, declare that: { value: ${yamlName(successor)}, renamedFrom: ${yamlName(value)} }. Else declare`;
    blocked.push({
      code: "enum_value_not_declared",
      object: `${name}.${value}`,
      message: `The enum ${name} has the value ${quoteLiteral(value)}, which is not declared. Postgres cannot take a value from an enum.`,
      wayOut: `${rename === "" ? "Declare" : rename} it again, or that it goes: removed: { enumValues: { ${yamlName(name)}: [${yamlName(value)}] } }`,
    });
  }
  const kept = values.filter((value) => present.includes(value));
  if (gone.length === 0 && kept.some((value, index) => value !== present[index]))
    blocked.push({
      code: "enum_order",
      object: name,
      message: `The enum ${name} has its values in another order: ${present.map(quoteLiteral).join(", ")}. Postgres cannot move them.`,
      wayOut: `Declare them in the database's order.`,
      sql: `select enum_range(null::${quoteName(name)})`,
    });
  if (gone.length > 0) return;
  values.forEach((value, index) => {
    if (present.includes(value)) return;
    changes.push({
      kind: "addEnumValue",
      name,
      value,
      before: values.slice(index).find((next) => present.includes(next)),
    });
  });
}
