import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import pg from "pg";
import { startPostgres } from "../services/postgres-server.ts";
import { interleaved } from "./measure.ts";
import { stkFile } from "./project.ts";
import type { Row, Section } from "./report.ts";

const rowCount = 5_000_000;
const rounds = 3;
const idleMs = 5_000;
const template = "five_million";

/** A change of `items`: how one would write it by hand, and how it is declared. */
type Change = {
  plain: string | readonly string[];
  declared: Partial<Record<keyof typeof unchanged, string>>;
};

/** The lines that declare `items`, by what they are about. */
const unchanged = {
  id: "id: { type: bigint, primaryKey: true }",
  owner: "owner_id: { type: int }",
  code: "code: { type: text }",
  amount: "amount: { type: int }",
  rest: "touched: { type: int, nullable: false, default: 0 }",
  beside: "{}",
};

const changes: Readonly<Record<string, Change>> = {
  "no nulls": {
    plain: "alter table items alter owner_id set not null",
    declared: { owner: "owner_id: { type: int, nullable: false }" },
  },
  "nulls filled, then none": {
    // In one transaction it is likely to end in a deadlock with whoever updates a row meanwhile.
    plain: [
      "update items set amount = 0 where amount is null",
      "alter table items alter amount set not null",
    ],
    declared: { amount: 'amount: { type: int, nullable: false, backfill: "0" }' },
  },
  "a check": {
    plain: "alter table items add check (amount >= 0)",
    declared: { amount: "amount: { type: int, check: amount >= 0 }" },
  },
  "a foreign key": {
    plain: "alter table items add foreign key (owner_id) references owners",
    declared: { owner: "owner_id: { type: int, references: owners.id }" },
  },
  "an index": {
    plain: "create index on items (code)",
    declared: { beside: "{ indexes: [{ columns: [code] }] }" },
  },
  "a unique constraint": {
    plain: "alter table items add unique (code)",
    declared: { code: "code: { type: text, unique: true }" },
  },
  "another primary key": {
    plain: "alter table items drop constraint items_pkey, add primary key (id) include (owner_id)",
    declared: {
      id: "id: { type: bigint, nullable: false }",
      beside: "{ primaryKey: { columns: [id], include: [owner_id] } }",
    },
  },
  "a default of its own for each row": {
    plain: "alter table items add column token uuid not null default gen_random_uuid()",
    declared: {
      rest: `${unchanged.rest}, token: { type: uuid, nullable: false, default: gen_random_uuid() }`,
    },
  },
};

/** How long a write waits at most while a table of five million rows is changed, by hand and by `stk schema apply`. */
export async function measureLocks(directory: string): Promise<Section> {
  const server = await startPostgres();
  try {
    await fillTemplate(server.url);
    const { idle } = await interleaved(
      {
        idle: () =>
          longestWait(server.url, async () => {
            await sleep(idleMs);
            return async () => {};
          }),
      },
      rounds,
    );
    const rows: Row[] = [{ name: `no change, for ${idleMs / 1_000} s`, figure: idle }];
    for (const [name, change] of Object.entries(changes)) {
      const project = path.join(directory, name.replaceAll(/\W+/g, "-"));
      await writeProject(project, change);
      const stk = async (url: string, ...words: string[]): Promise<void> => {
        await execa(process.execPath, [stkFile, "schema", ...words, "--project", project], {
          env: { DATABASE_URL: url },
        });
      };
      const { plain, online } = await interleaved(
        {
          plain: () =>
            longestWait(server.url, async (url) => {
              for (const sql of [change.plain].flat()) await query(url, sql);
              return () => stk(url, "plan", "--exit-code");
            }),
          online: () =>
            longestWait(server.url, async (url) => {
              await stk(url, "apply", "--yes");
              return async () => {};
            }),
        },
        rounds,
      );
      rows.push(
        { name: `${name}: plain SQL`, figure: plain },
        {
          name: `${name}: \`stk schema apply\``,
          figure: online,
          ratio: { of: online.median / plain.median, to: "plain SQL" },
          aim: "no longer than one try for a lock, 1,500 ms",
        },
      );
    }
    return {
      title: "The longest wait of others while a table changes",
      text:
        `A table of ${rowCount.toLocaleString("en-US")} rows; meanwhile another session updates one row after the other, ` +
        "and the longest of these updates is what is shown. The plain SQL is what one would write by hand; that it leads " +
        "to the same schema is what `stk schema plan` sees after it.",
      unit: "ms",
      rows,
    };
  } finally {
    await server.stop();
  }
}

async function writeProject(project: string, { declared }: Change): Promise<void> {
  const { beside, ...columns } = { ...unchanged, ...declared };
  await mkdir(path.join(project, "config"), { recursive: true });
  await mkdir(path.join(project, "schema"));
  await writeFile(path.join(project, "stk.yaml"), "name: waits\n");
  await writeFile(path.join(project, "config/connections.yaml"), "main:\n  url: ${DATABASE_URL}\n");
  const items = `{ columns: { ${Object.values(columns).join(", ")} }, ${beside.slice(1)}`;
  await writeFile(
    path.join(project, "schema/items.yaml"),
    `tables:\n  owners: { columns: { id: { type: int, primaryKey: true } } }\n  items: ${items}\n`,
  );
}

async function fillTemplate(server: string): Promise<void> {
  await query(server, `create database ${template}`);
  const url = databaseUrl(server, template);
  await query(
    url,
    `create table owners (id int primary key);
     insert into owners select generate_series(0, 999);
     create table items (id bigint primary key, owner_id int, code text, amount int, touched int not null default 0);
     insert into items select n, n % 1000, 'code ' || n, nullif(n % 100, 0) from generate_series(1, ${rowCount}) n`,
  );
  await query(url, "vacuum analyze");
}

/**
 * Makes a copy of the table and changes it with `change` while another session updates its rows.
 *
 * @param change gives what to do once the updates have ended.
 * @returns the longest time that one update took, in milliseconds.
 */
async function longestWait(
  server: string,
  change: (url: string) => Promise<() => Promise<void>>,
): Promise<number> {
  const copy = "changed";
  await query(server, `create database ${copy} template ${template} strategy file_copy`);
  const url = databaseUrl(server, copy);
  const others = new pg.Client({ connectionString: url });
  await others.connect();
  let longest = 0;
  let isChanged = false;
  const update = async (id: number): Promise<void> => {
    const started = performance.now();
    await others.query("update items set touched = touched + 1 where id = $1", [id]);
    longest = Math.max(longest, performance.now() - started);
  };
  await update(1);
  longest = 0;
  const updates = (async () => {
    for (let id = 1; !isChanged; id += 1) await update(id);
  })();
  try {
    const [after] = await Promise.all([
      change(url).finally(() => {
        isChanged = true;
      }),
      updates,
    ]);
    await after();
  } finally {
    await others.end();
  }
  await query(server, `drop database ${copy} with (force)`);
  return longest;
}

function databaseUrl(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

async function query(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(sql);
  await client.end();
}
