import type { DeclaredSchema, PlannableSchema } from "../../../schema/declared.ts";
import { type Found, type FoundColumn, schemaMismatches } from "../../core/schema-mismatch.ts";
import type { CallUse } from "../../core/table-use.ts";
import type { Blocked } from "../diff/change.ts";
import { quoteName } from "../identifier.ts";
import type { Column, Model, Table } from "../model/model.ts";
import type { Shadow } from "../shadow/shadow.ts";
import { fillsRows } from "./fills-rows.ts";

/** What a release that is running was built for: the schema of one connection, what its calls use, its statements. */
export type RunningRelease = {
  schema: DeclaredSchema;
  uses: readonly CallUse[];
  statements: readonly { call: string; sql: string }[];
};

/**
 * What a plan takes from under the release that is running: what its calls find in the live database and not in the
 * desired one, by the rule of the Bridge, and statements that Postgres would refuse there.
 */
export async function breaksRelease(
  { schema, uses, statements }: RunningRelease,
  {
    live,
    desired,
    declared,
    shadow,
  }: {
    live: Model;
    desired: Model;
    declared: PlannableSchema;
    shadow: Pick<Shadow, "rehearse">;
  },
): Promise<Blocked[]> {
  const before = new Set(schemaMismatches(uses, schema, foundIn(live)).map(({ message }) => message));
  const found = schemaMismatches(uses, schema, foundIn(desired)).filter(
    ({ message }) => !before.has(message),
  );
  const answers = statements.length === 0 ? [] : (await shadow.rehearse(declared, statements)).descriptions;
  const refused = statements.flatMap(({ call }, index) => {
    const answer = answers[index];
    return answer !== undefined && "error" in answer
      ? [{ object: call, message: `The call ${call} would fail: ${answer.error.message}.` }]
      : [];
  });
  const byMessage = Map.groupBy(found, ({ message }) => message);
  const concerned = [...byMessage].flatMap(([message, [first, ...others]]) => {
    if (first === undefined) return [];
    const calls = [first, ...others].map(({ call }) => call).join(", ");
    return [{ object: first.object, message: `${message} Calls of the running release fail: ${calls}.` }];
  });
  return [...concerned, ...refused].map(({ object, message }) => ({
    code: "breaks_release",
    object,
    message,
    wayOut: `Expand and contract: let the release that runs and the next both find what they need. If it may fail meanwhile, say so: approved: { ${object}: [breaks_release] }`,
  }));
}

/** A model as the rule of the Bridge sees it. The rights of the serving role are not in it. */
const foundIn = (model: Model): Found => ({
  role: "",
  enums: model.enums,
  tables: new Map(
    [...model.tables].map(([name, table]) => [
      name,
      {
        quoted: quoteName(name),
        columns: columnsOf(table),
        triggered: fillsRows(name, model),
        mayDelete: true,
      },
    ]),
  ),
});

const columnsOf = ({ columns }: Table): Map<string, FoundColumn> =>
  new Map([...columns].map(([name, column]) => [name, columnOf(column)]));

const columnOf = ({ type, nullable, default: value, serial, identity, generated }: Column): FoundColumn => ({
  type,
  required: !nullable && value === undefined && !serial && identity === undefined,
  computed: generated !== undefined || identity === "always",
  lacks: [],
});
