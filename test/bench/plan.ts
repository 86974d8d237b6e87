import path from "node:path";
import { execa } from "execa";
import pg from "pg";
import { startPostgres } from "../services/postgres-server.ts";
import { writeLargeSchema } from "./large-schema.ts";
import { interleaved, processTime } from "./measure.ts";
import { stkFile } from "./project.ts";
import type { Row, Section } from "./report.ts";

const [fewest, ...more] = [100, 1_000, 5_000] as const;
const rounds = 5;
const tablesWithRows = 10;

/** `stk schema plan` as a whole process, on databases of many tables. */
export async function measurePlan(directory: string): Promise<Section> {
  const server = await startPostgres();
  try {
    const rows: Row[] = [];
    let least: Plans | undefined;
    for (const tables of [fewest, ...more]) {
      const plans = await prepare(path.join(directory, `${tables}`), { server: server.url, tables });
      for (const plan of Object.values(plans)) await plan();
      const { unchanged, changed } = await interleaved(plans, rounds);
      least ??= { unchanged: unchanged.median, changed: changed.median };
      const to = `${fewest} tables`;
      const aim = tables === 1_000 ? { aim: "under 3,000 ms" } : {};
      const name = `${tables.toLocaleString("en-US")} tables`;
      rows.push(
        {
          name: `${name}, nothing changed`,
          figure: unchanged,
          ratio: { of: unchanged.median / least.unchanged, to },
          ...aim,
        },
        {
          name: `${name}, ten changes`,
          figure: changed,
          ratio: { of: changed.median / least.changed, to },
          ...aim,
        },
      );
    }
    return {
      title: "Planning, as a whole process",
      text:
        "`stk schema plan` against tables of eight columns with five constraints, three indexes and a foreign key each, " +
        "and a view and a function for every fifty. The same declaration was planned before, so that its model is kept. " +
        "Ten changes, on tables with rows, are probed, rehearsed and measured.",
      unit: "ms",
      rows,
    };
  } finally {
    await server.stop();
  }
}

type Plans = { unchanged: number; changed: number };

/** A database that is what one project declares, and another project that declares ten things otherwise. */
async function prepare(
  directory: string,
  { server, tables }: { server: string; tables: number },
): Promise<Record<keyof Plans, () => Promise<number>>> {
  const url = new URL(server);
  url.pathname = `/tables_${tables}`;
  const env = { DATABASE_URL: url.href };
  const [unchanged, changed] = [path.join(directory, "unchanged"), path.join(directory, "changed")];
  await writeLargeSchema(unchanged, { tables });
  await writeLargeSchema(changed, { tables, changed: true });
  await query(server, `create database ${url.pathname.slice(1)}`);
  await execa(process.execPath, [stkFile, "schema", "apply", "--project", unchanged, "--yes"], { env });
  for (let number = 0; number < tablesWithRows; number += 1)
    await query(
      url.href,
      `insert into item_${number} (code, title, note) select g, g, g from generate_series(1, 1000) g`,
    );
  await query(url.href, "analyze");
  const plan = (project: string) => () =>
    processTime(process.execPath, [stkFile, "schema", "plan", "--project", project], { env });
  return { unchanged: plan(unchanged), changed: plan(changed) };
}

async function query(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(sql);
  await client.end();
}
