import { quoteBeside, quoteIdentifier } from "../../identifier.ts";
import { compareIndexes, materializedViewFacts } from "../../kinds/materialized-view.ts";
import { afterTable, buildConcurrently, dropConcurrently } from "./concurrently.ts";
import type { Expansion, PlacedStatement } from "./expansion.ts";
import { plainStatements } from "./plain.ts";
import { temporaryName } from "./temporary-name.ts";

/**
 * Builds the indexes of a materialized view concurrently, and drops those that go only then. One in the place of
 * another has a temporary name until that is gone; what a cut off apply has left under this name is dropped first.
 */
export const alterMaterializedView: Expansion = (change, { factsOf }) => {
  if (change.kind !== "alterObject" || change.to.kind !== "materializedView") return undefined;
  const { from, to } = change;
  const view = to.name;
  if (factsOf(view)?.isEmpty !== false) return undefined;
  const indexesOf = ({ facts }: typeof to) => materializedViewFacts.parse(facts).indexes;
  const { gone, added } = compareIndexes(indexesOf(from), indexesOf(to));
  const aside = new Set(added.map(({ name }) => temporaryName("index", name)));
  const left = gone.filter(({ name, valid }) => !valid || aside.has(name));
  const old = gone.filter((one) => !left.includes(one));
  const nameFor = (name: string): string =>
    old.some((one) => one.name === name) ? temporaryName("index", name) : name;
  return [
    ...plainStatements(change).filter(({ sql }) => sql.startsWith("alter materialized view ")),
    ...left.map(({ name, valid }) => dropConcurrently(view, name, valid)),
    ...added.map(({ name, shape, unique }) =>
      buildConcurrently({
        table: view,
        name: nameFor(name),
        definition: afterTable(shape),
        unique,
        parts: [],
      }),
    ),
    ...old.map(({ name }) => dropConcurrently(view, name)),
    ...added
      .filter(({ name }) => nameFor(name) !== name)
      .map(
        ({ name }): PlacedStatement => ({
          sql: `alter index ${quoteBeside(view, nameFor(name))} rename to ${quoteIdentifier(name)}`,
          description: `Rename the index ${nameFor(name)} of ${view} to ${name}`,
          placement: "together",
          safe: "the lock is short",
        }),
      ),
  ];
};
