import type { WriteResult } from "../../schema/wire.ts";
import type { Queryable } from "../database/database.ts";
import { Filter } from "./filter.ts";
import type { OperationInput, TableHandler } from "./operation.ts";
import { Parameters } from "./parameters.ts";
import { invalid, readColumns, readParams } from "./params.ts";
import { planner, rulesOf } from "./plans.ts";
import { printCondition } from "./print.ts";
import {
  anyOf,
  callerScope,
  judged,
  printRows,
  type Readable,
  type Rows,
  readableOf,
  ruleScope,
} from "./readable.ts";
import { namesOneRow } from "./single-row.ts";
import type { Bound, Shapes } from "./statements.ts";
import { attempt, composedOn, printBounded, printReturning, resultOf, returning } from "./write.ts";
import type { RemoveRule } from "./write-rule.ts";

const keys: ReadonlySet<string> = new Set(["where", "columns"]);

type Plan = {
  readonly rows: Rows;
  readonly readable: Readable;
  readonly all: readonly string[];
  readonly shapes: Shapes<Bound>;
};

/** The handler of `db/{connection}/{table}/delete`. */
export function deleteHandler({
  table,
  rules,
  select,
  names,
  cache,
}: OperationInput<RemoveRule>): TableHandler {
  const planOf = planner(rules, select, (applicable, roles): Plan => {
    const readable = readableOf(rulesOf(select, roles));
    const rows = anyOf(applicable.map(({ where }) => where));
    return { rows, readable, all: [...readable.columns.keys()], shapes: cache.shapes() };
  });

  return (params, caller, { database, limits, signal }) => {
    const { rows, readable, all, shapes } = planOf(caller);
    const given = readParams(params, keys);
    const filter = new Filter(readable.columns, limits.depth, []);
    const where = filter.read(given.where, "where");
    if (filter.count === 0) throw invalid("where", "holds no condition");
    const back = readColumns(given.columns, readable.columns) ?? all;
    const single = namesOneRow(where, table);

    const shape = `${filter.key}|${limits.rows}|${back === all ? "" : back.join(",")}`;
    const { statement, bind, givenBy } = shapes.get(shape, () => {
      const parameters = new Parameters();
      const conditions = [
        ...(rows === "all" ? [] : [printRows(rows, ruleScope(parameters))]),
        printCondition(where, callerScope(readable, rows, parameters)),
      ];
      const list = returning(readable, back, rows, parameters);
      const text = `delete from ${table.quoted} as ${judged} where ${conditions.join(" and ")}`;
      return names.prepare(
        single ? `${text}${printReturning(list)}` : printBounded(text, list, limits.rows),
        parameters,
      );
    });
    const values = bind(filter.values, caller);
    const bounded = { ...statement(), maxBytes: limits.answerBytes };
    const work = async (queryable: Queryable): Promise<WriteResult> => {
      return resultOf(await queryable.query(bounded, values, signal), table, limits.rows, back.length > 0);
    };
    return attempt(
      () => (single ? work(database) : database.transaction(work, signal, composedOn(table))),
      table,
      [],
      signal,
      {
        parameter: (number) => filter.pathOf(givenBy(number)),
        text: () => bounded.text,
        database,
        sent: () => [],
      },
    );
  };
}
