import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";

const tablesPerFile = 20;
const rounds = { views: 50, parents: 2 };

/**
 * Writes a project that declares `tables` tables of eight columns with keys, checks, an index and a foreign key, and a
 * view and a function for every fifty. `changed`: ten of its declarations are others, none of which needs a person.
 */
export async function writeLargeSchema(
  project: string,
  { tables, changed = false }: { tables: number; changed?: boolean },
): Promise<void> {
  await mkdir(path.join(project, "config"), { recursive: true });
  await rm(path.join(project, "schema"), { recursive: true, force: true });
  await mkdir(path.join(project, "schema"));
  await writeFile(path.join(project, "stk.yaml"), "name: large\n");
  await writeFile(path.join(project, "config/connections.yaml"), "main:\n  url: ${DATABASE_URL}\n");
  for (let first = 0; first < tables; first += tablesPerFile) {
    const numbers = Array.from({ length: Math.min(tablesPerFile, tables - first) }, (_, n) => first + n);
    const viewed = numbers.filter((number) => number % rounds.views === 0);
    const sections = {
      enums: first === 0 ? ["  state: [open, held, done]\n"] : [],
      tables: [
        ...numbers.map((number) => tableText(number, changed)),
        ...(first === 0 && changed ? [addedTable] : []),
      ],
      views: viewed.map(viewText),
      functions: viewed.map(functionText),
    };
    const text = Object.entries(sections).flatMap(([kind, declared]) =>
      declared.length === 0 ? [] : [`${kind}:\n${declared.join("")}`],
    );
    await writeFile(path.join(project, `schema/part_${first}.yaml`), text.join("\n"));
  }
}

const nameOf = (number: number): string => `item_${number}`;

const addedTable = "  added:\n    columns:\n      id: { type: bigint, primaryKey: true }\n";

/** The first nine tables are those that change, each in its own way; the tenth change is a table. */
function tableText(number: number, changed: boolean): string {
  const when = (which: number, text: string, otherwise = ""): string =>
    changed && number === which ? text : otherwise;
  const parent = nameOf(Math.floor(number / rounds.parents));
  return `  ${nameOf(number)}:
    columns:
      id: { type: bigint, identity: always, primaryKey: true }
      parent_id: { type: bigint${number === 0 ? "" : `, references: ${parent}.id, onDelete: cascade`} }
      code: { type: varchar(${when(0, "60", "40")}), nullable: false, unique: true }
      title: { type: text, nullable: false, check: length(title) <= ${when(1, "300", "200")} }
      state: { type: state, nullable: false, default: ${when(2, "held", "open")} }
      amount: { type: "numeric(12,2)", nullable: ${when(3, "true", "false")}, default: 0, check: amount >= 0 }
      note: { type: text${when(4, ", nullable: false")} }
      created_at: { type: timestamptz, nullable: false, default: now() }
${when(5, "      checked_at: { type: timestamptz }\n")}${when(6, "      checked_on: { type: date }\n")}    checks:
      item_${number}_done: state <> 'done' or amount > 0
    indexes:
      - { columns: [parent_id, { column: created_at, direction: desc }] }
${when(7, "      - { columns: [amount] }\n")}${when(8, "    comment: What is counted.\n")}`;
}

const viewText = (number: number): string => `  open_${nameOf(number)}:
    sql: select id, title, amount from ${nameOf(number)} where state = 'open'
`;

const functionText = (number: number): string => `  total_${nameOf(number)}:
    sql: |
      create function total_${nameOf(number)}() returns numeric language sql stable
      begin atomic select sum(amount) from ${nameOf(number)}; end
`;
