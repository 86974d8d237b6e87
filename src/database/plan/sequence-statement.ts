import type { Change } from "../diff/change.ts";
import { quoteIdentifier as quote, quoteBeside, quoteLiteral, quoteName, splitName } from "../identifier.ts";
import { countingOf } from "../identity-options.ts";
import { identitySql } from "./column-sql.ts";
import type { Statement } from "./object-statement.ts";

/** What `serial` does (PostgreSQL documentation, 8.1.4), going on after the rows that are there. */
export function takeFromSequence(change: Extract<Change, { kind: "takeFromSequence" }>): Statement[] {
  const { table, column, definition } = change;
  const sequence =
    change.sequence ?? quoteBeside(table, `${splitName(table).local}_${column}_seq`.slice(0, 63));
  const called = `${table}.${column}`;
  const made = {
    sql: `create sequence ${sequence} as ${definition.type} owned by ${quoteName(table)}.${quote(column)}`,
    description: `Create the sequence of ${called}`,
  };
  return [
    ...(change.sequence === undefined ? [made] : []),
    {
      sql: `select setval(${quoteLiteral(sequence)}, coalesce(max(${quote(column)}), 0) + 1, false) from ${quoteName(table)}`,
      description: `Let the sequence of ${called} go on after the largest value`,
    },
    {
      sql: `alter table ${quoteName(table)} alter column ${quote(column)} set default nextval(${quoteLiteral(sequence)})`,
      description: `Let the default of ${called} be the next value of its sequence`,
    },
  ];
}

/** Makes an identity of a column that is there. It goes on after the serial that it was, else after the rows. */
export function addIdentity({
  table,
  column,
  sequence,
  definition,
}: Extract<Change, { kind: "addIdentity" }>): Statement[] {
  const called = `${table}.${column}`;
  const add = {
    sql: `alter table ${quoteName(table)} alter column ${quote(column)} add ${identitySql(definition)}`,
    description: `Make ${called} an identity column`,
  };
  const setTo = `select setval(pg_get_serial_sequence(${quoteLiteral(quoteName(table))}, ${quoteLiteral(column)}),`;
  const { descends, start } = countingOf(definition.identityOptions);
  const isPast = descends ? "<=" : ">=";
  if (sequence === undefined) {
    const last = `${descends ? "min" : "max"}(${quote(column)})`;
    return [
      add,
      {
        sql: `${setTo} ${last}) from ${quoteName(table)} having ${last} ${isPast} ${start}`,
        description: `Let ${called} go on after the ${descends ? "smallest" : "largest"} value`,
      },
    ];
  }
  // The identity's own sequence takes the name of the serial's, which must be free.
  const former = `${splitName(table).local.slice(0, 30)}_${column.slice(0, 22)}_former`;
  return [
    { sql: `alter sequence ${sequence} owned by none`, description: `Part ${called} from its sequence` },
    {
      sql: `alter sequence ${sequence} rename to ${quote(former)}`,
      description: `Make room for the sequence of ${called}`,
    },
    add,
    {
      sql: `${setTo} last_value, is_called) from ${quoteBeside(table, former)} where last_value ${isPast} ${start}`,
      description: `Let ${called} go on where its sequence was`,
    },
    {
      sql: `drop sequence ${quoteBeside(table, former)}`,
      description: `Drop the former sequence of ${called}`,
    },
  ];
}
