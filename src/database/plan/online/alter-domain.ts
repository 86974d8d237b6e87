import { quoteIdentifier, quoteName } from "../../identifier.ts";
import { compareChecks, domainFacts } from "../../kinds/domain.ts";
import { columnsOfDomain } from "../domain-columns.ts";
import type { Expansion, PlacedStatement } from "./expansion.ts";
import { plainStatements } from "./plain.ts";

/**
 * Checks of a domain hold for new values at once. To compare them with the present ones, Postgres lets nobody write to
 * the tables that have them (validateDomainCheckConstraint in PostgreSQL's typecmds.c), so that is done apart.
 */
export const alterDomain: Expansion = (change, { live, factsOf }) => {
  if (change.kind !== "alterObject" || change.to.kind !== "domain") return undefined;
  const { from, to } = change;
  if (!columnsOfDomain(from.name, live).some(([table]) => factsOf(table)?.isEmpty === false))
    return undefined;
  const alter = `alter domain ${quoteName(to.name)}`;
  const { added } = compareChecks(domainFacts.parse(from.facts).checks, domainFacts.parse(to.facts).checks);
  const readers = [`${alter} validate constraint `, `${alter} set not null`];
  const later: PlacedStatement[] = [];
  const now = plainStatements(change).flatMap((statement): PlacedStatement[] => {
    const { sql } = statement;
    const check = added.find(({ name }) =>
      sql.startsWith(`${alter} add constraint ${quoteIdentifier(name)} `),
    );
    if (check !== undefined) {
      later.push({
        sql: `${alter} validate constraint ${quoteIdentifier(check.name)}`,
        description: `Validate ${check.name} of the domain ${to.name} for the values that are there`,
        placement: "own",
      });
      return [
        {
          ...statement,
          sql: `${sql} not valid`,
          description: `Add the check ${check.name} to the domain ${to.name}, for new values`,
          safe: "nothing is read",
        },
      ];
    }
    if (!readers.some((reader) => sql.startsWith(reader))) return [statement];
    later.push({ ...statement, placement: "own" });
    return [];
  });
  return [...now, ...later];
};
