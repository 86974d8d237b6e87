import type { DeclaredSchema, PlannableSchema } from "../../../schema/declared.ts";
import type { Blocked } from "../diff/change.ts";
import type { Model } from "../model/model.ts";
import type { Shadow } from "../shadow/shadow.ts";

/** What a release that is running was built for: the schema of one connection, and its statements there. */
export type RunningRelease = {
  schema: DeclaredSchema;
  statements: readonly { call: string; sql: string }[];
};

/** What a release would not find any more. */
type Misfit = { object: string; message: string };

/**
 * What a plan takes from under the release that is running: what it was built for and the live database has, and the
 * desired one has not, and statements that Postgres would refuse there.
 */
export async function breaksRelease(
  { schema, statements }: RunningRelease,
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
  const before = new Set(misfits(schema, live).map(({ message }) => message));
  const found = misfits(schema, desired).filter(({ message }) => !before.has(message));
  const answers = statements.length === 0 ? [] : (await shadow.rehearse(declared, statements)).descriptions;
  const refused = statements.flatMap(({ call }, index): Misfit[] => {
    const answer = answers[index];
    return answer !== undefined && "error" in answer
      ? [{ object: call, message: `The call ${call} would fail: ${answer.error.message}.` }]
      : [];
  });
  return [...found, ...refused].map(({ object, message }) => ({
    code: "breaks_release",
    object,
    message,
    wayOut: `Expand and contract: let the release that runs and the next both find what they need. If it may fail meanwhile, say so: approved: { ${object}: [breaks_release] }`,
  }));
}

function misfits({ tables, enums }: DeclaredSchema, model: Model): Misfit[] {
  return [
    ...Object.entries(enums).flatMap(([name, values]) => {
      const present = model.enums.get(name) ?? [];
      return values
        .filter((value) => !present.includes(value))
        .map((value) => ({
          object: name,
          message: `The release that runs knows the value ${value} of ${name}, which goes.`,
        }));
    }),
    ...Object.entries(tables).flatMap(([name, table]) => tableMisfits(name, table, model)),
  ];
}

function tableMisfits(name: string, { columns }: DeclaredSchema["tables"][string], model: Model): Misfit[] {
  const present = model.tables.get(name);
  if (present === undefined)
    return [{ object: name, message: `The release that runs uses the table ${name}, which goes.` }];
  const kept = Object.entries(columns).flatMap(([column, { type, nullable }]): Misfit[] => {
    const object = `${name}.${column}`;
    const found = present.columns.get(column);
    if (found === undefined)
      return [{ object, message: `The release that runs uses the column ${object}, which goes.` }];
    if (found.type !== type)
      return [
        {
          object,
          message: `The release that runs was built for ${object} as ${type}, and it becomes ${found.type}.`,
        },
      ];
    if (found.nullable === nullable) return [];
    return [
      {
        object,
        message: `The release that runs takes ${object} to be ${nullable ? "nullable" : "never null"}, which changes.`,
      },
    ];
  });
  const added = [...present.columns].flatMap(([column, own]): Misfit[] => {
    const isFilled = own.nullable || own.default !== undefined || own.serial || own.identity !== undefined;
    return isFilled || Object.hasOwn(columns, column)
      ? []
      : [
          {
            object: `${name}.${column}`,
            message: `The release that runs gives no value to the new column ${name}.${column}, which must have one.`,
          },
        ];
  });
  return [...kept, ...added];
}
