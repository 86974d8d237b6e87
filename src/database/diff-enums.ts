import type { Difference } from "./change.ts";
import { quoteIdentifier, quoteLiteral } from "./identifier.ts";
import type { Model } from "./model.ts";

/** Enums: made, or given the values that they lack in their place. A value can neither go nor move. */
export function diffEnums(live: Model, desired: Model, difference: Difference): void {
  const { changes, blocked, notices } = difference;
  for (const [name, values] of desired.enums) {
    const present = live.enums.get(name);
    if (present !== undefined) diffValues(name, present, values, difference);
    else if (live.others.some((other) => other.name === name && other.kind !== "function"))
      blocked.push({
        code: "name_taken",
        object: name,
        message: `The enum ${name} is declared, and the database has something else of that name.`,
        wayOut: "Rename the one or the other.",
      });
    else changes.push({ kind: "createEnum", name, values });
  }
  for (const name of live.enums.keys())
    if (!desired.enums.has(name))
      notices.push({ kind: "enum", object: name, message: `The enum ${name} is not declared.` });
}

function diffValues(
  name: string,
  present: readonly string[],
  values: readonly string[],
  { changes, blocked }: Difference,
): void {
  const gone = present.filter((value) => !values.includes(value));
  for (const value of gone)
    blocked.push({
      code: "enum_value_not_declared",
      object: `${name}.${value}`,
      message: `The enum ${name} has the value ${quoteLiteral(value)}, which is not declared. Postgres cannot take a value from an enum.`,
      wayOut: `Declare it again, or make a new enum and move the columns to it in a migration of your own.`,
    });
  const kept = values.filter((value) => present.includes(value));
  if (gone.length === 0 && kept.some((value, index) => value !== present[index]))
    blocked.push({
      code: "enum_order",
      object: name,
      message: `The enum ${name} has its values in another order: ${present.map(quoteLiteral).join(", ")}. Postgres cannot move them.`,
      wayOut: `Declare them in the database's order.`,
      sql: `select enum_range(null::${quoteIdentifier(name)})`,
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
