import type { PlannableSchema } from "../../../schema/declared.ts";
import { canonicalJson } from "../../core/canonical-json.ts";
import { readModel } from "../catalog/read-model.ts";
import type { Model, Table } from "../model/model.ts";
import { attempt } from "../transaction.ts";
import { objectRemade, tableRemade } from "./read-back.ts";
import type { Shadow } from "./shadow.ts";

/**
 * The desired model, with the words of the live one as those it is written in, wherever Postgres reads these as what
 * is desired. Where `s in ('a', 'b')` of a varchar was declared by the words that a database has for it, neither
 * spelling of the declaration is that of the database.
 */
export async function inLiveWords(
  live: Model,
  desired: Model,
  { declared, shadow }: { declared: PlannableSchema; shadow: Pick<Shadow, "read"> },
): Promise<Model> {
  const tables = both(live.tables, desired.tables).map(
    ([name, present, wanted]) => [name, whatDiffers(present, wanted)] as const,
  );
  const objects = both(live.objects, desired.objects).filter(
    ([, present, wanted]) => canonicalJson(present.facts) !== canonicalJson(wanted.facts),
  );
  const remade = [
    ...tables.flatMap(([name, table]) => tableRemade(name, table)),
    ...objects.flatMap(([, present]) => objectRemade(present)),
  ];
  if (remade.length === 0) return desired;
  const read = await shadow.read(declared, async (database) => {
    for (const sql of remade) await attempt(database, () => database.script(sql));
    return readModel(database, declared.scope);
  });
  const written = { ...desired.asWritten };
  const inWords = new Map(written.tables ?? desired.tables);
  for (const [name, table] of tables) {
    const [wanted, again] = [desired.tables.get(name), read.tables.get(name)];
    if (wanted === undefined || again === undefined) continue;
    inWords.set(name, written_(inWords.get(name) ?? wanted, table, wanted, again));
  }
  return desired;
}
