import type { DeclaredSchema } from "../../../schema/declared.ts";
import type { Manifest } from "../../../schema/manifest.ts";
import type { CommandContext, OptionDeclaration } from "../../core/command.ts";
import { type TableUse, tableUses } from "../../core/table-use.ts";
import type { Database } from "../../database/database.ts";
import { openDatabase } from "../../database/open.ts";
import { type Planned, planSchema } from "../../database/plan/plan.ts";
import type { RunningRelease } from "../../database/plan/release-fit.ts";
import type { Shadow } from "../../database/shadow/shadow.ts";
import { readRelease } from "../../deploy/inspect.ts";
import { asDatabaseError } from "./database-error.ts";
import { type Place, placeInWords } from "./place.ts";
import type { Target } from "./targets.ts";

/** A plan and the open database that it is for. */
export type OpenPlan = { planned: Planned; database: Database; place: Place };

/** `--release`, for plan and apply. */
export const releaseOption: OptionDeclaration = {
  flags: "--release <image>",
  description: "the release that is running, as stk inspect takes it: what would break it is blocked",
};

/** What of a release is about one connection. */
const partOf = ({ schema, permissions, logic }: Manifest, connection: string): RunningRelease => ({
  schema: schema[connection] ?? noSchema,
  uses: [
    ...tableUses(connection, permissions[connection] ?? {}),
    ...Object.entries(logic).flatMap(([call, one]) =>
      one.kind === "module" && one.connection === connection
        ? [{ call, tables: allOf(schema[connection]) }]
        : [],
    ),
  ],
  statements: Object.entries(logic).flatMap(([call, one]) =>
    one.kind === "sql" && one.connection === connection
      ? one.statements.map(({ sql }) => ({ call, sql }))
      : [],
  ),
});

const noSchema: DeclaredSchema = { enums: {}, tables: {} };

/** The SQL of a module is not known: it may read everything. */
const allOf = ({ tables }: DeclaredSchema = noSchema): TableUse[] =>
  Object.entries(tables).map(([table, { columns }]) => ({ table, reads: new Set(Object.keys(columns)) }));

/** Plans every target, closes the shadow, and hands all plans to `work` while their databases are open. */
export async function withPlans<T>(
  { targets, shadow }: { targets: readonly Target[]; shadow: Shadow },
  release: string | undefined,
  context: CommandContext,
  work: (plans: readonly OpenPlan[]) => Promise<T>,
): Promise<T> {
  const { signal, output, cwd, env } = context;
  const running =
    release === undefined ? undefined : await readRelease(release, { cwd, env, project: undefined, signal });
  const opened: Database[] = [];
  try {
    const plans: OpenPlan[] = [];
    try {
      for (const { connection, declared, url, place, connectTimeoutMs } of targets) {
        output.progress(`reading ${connection}: ${placeInWords(place)}`);
        const database = await openDatabase({ url, applicationName: "stk schema", connectTimeoutMs, signal });
        opened.push(database);
        plans.push({
          database,
          place,
          planned: await planSchema(database, {
            connection,
            declared,
            shadow,
            release: running === undefined ? "unknown" : partOf(running, connection),
          }),
        });
      }
    } finally {
      await shadow.close();
    }
    return await work(plans);
  } catch (error) {
    throw asDatabaseError(error);
  } finally {
    for (const database of opened) await database.close();
  }
}
