import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { execa } from "execa";
import { startPooler } from "../../services/pgbouncer.ts";
import { freePort } from "../../services/port.ts";
import { unprivilegedUser } from "../../services/postgres-server.ts";
import { writeMark } from "./load.ts";
import { type Fault, type Stage, underOneBridge } from "./stage.ts";

/** Cuts the way to the database in place of answers to what holds a text, ten times a second for five seconds. */
const cutting =
  (text: string, ways: readonly ("table" | "sql" | "module")[]): Fault["run"] =>
  async ({ cutter, start, load }) => {
    const { origin } = await start({ url: cutter.url });
    const cut = async () => {
      for (let turn = 0; turn < 50; turn += 1) {
        cutter.cutAnswerTo(text);
        await wait(100);
      }
    };
    return load(origin, cut, ways);
  };

const configure = async ({ sql }: Stage, change: string): Promise<void> => {
  await sql(`alter system ${change}`);
  await sql("select pg_reload_conf()");
};

/** A file system of 16 MB that the table lies on, and that something else fills. */
async function fillDisk(stage: Stage): Promise<void> {
  const { sql, after } = stage;
  const disk = await mkdtemp(path.join(tmpdir(), "santokit-disk-"));
  const user = await unprivilegedUser();
  await execa("mount", [
    "-t",
    "tmpfs",
    "-o",
    `size=16m,uid=${user?.uid ?? process.getuid?.()}`,
    "disk",
    disk,
  ]);
  after(async () => {
    await sql("alter table entries set tablespace pg_default");
    await sql("drop tablespace small");
    await execa("umount", [disk]);
    await rm(disk, { recursive: true });
  });
  await sql(`create tablespace small location '${disk}'`);
  await sql("alter table entries set tablespace small");
  await wait(1_000);
  await sql("create table filler (text text) tablespace small");
  const fill = "insert into filler select repeat('x', 1000) from generate_series(1, ";
  for (const count of [1_000, 100, 1])
    while (
      await sql(`${fill}${count})`).then(
        () => true,
        () => false,
      )
    );
  await wait(3_000);
  await sql("drop table filler");
  await wait(1_000);
}

/** Faults of the database and of the way to it. */
export const databaseFaults: readonly Fault[] = [
  {
    name: "connection cut in place of the answer to an insert",
    means:
      "What was sent may be done: the client is told `outcome_unknown`, and a call with a key may be repeated.",
    run: cutting(writeMark, ["table"]),
  },
  {
    name: "connection cut in place of the answer to a commit",
    means: "A lost answer to COMMIT is `outcome_unknown`; what was cut before COMMIT is surely not done.",
    run: cutting("commit", ["sql", "module"]),
  },
  {
    name: "all sessions ended by `pg_terminate_backend`, twice a second",
    means:
      "Sessions are replaced at once; writes that had not begun their COMMIT fail and may be sent again.",
    run: underOneBridge(async ({ sql }) => {
      const end =
        "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = 'client backend'";
      for (let turn = 0; turn < 10; turn += 1) {
        await sql(end);
        await wait(500);
      }
    }),
  },
  {
    name: "Postgres restarted (fast)",
    means: "Calls fail while the server is away, and are served as soon as it takes connections again.",
    run: underOneBridge(async ({ postgres }) => {
      await wait(1_500);
      await postgres.restart("SIGINT");
      await wait(3_000);
    }),
  },
  {
    name: "Postgres killed (SIGKILL) and started again",
    means:
      "As a restart; a write that ran at that moment is `outcome_unknown`, since nobody says what became of it.",
    run: underOneBridge(async ({ postgres }) => {
      await wait(1_500);
      await postgres.restart("SIGKILL");
      await wait(3_000);
    }),
  },
  {
    name: "the table locked for 3 s",
    means: "Calls of that table wait for `limits.time`, and are cancelled: `timeout`, and not done.",
    run: underOneBridge(async ({ sql }) => {
      await wait(1_000);
      await sql("begin; lock table entries; select pg_sleep(3); rollback");
      await wait(1_000);
    }),
  },
  {
    name: "a column's type changed to `bigint` and back",
    means: "Prepared statements are prepared again; a module is not run twice, but answered `conflict`.",
    run: underOneBridge(async ({ sql }) => {
      for (const type of ["bigint", "integer", "bigint", "integer"]) {
        await wait(1_000);
        await sql(`alter table entries alter part type ${type}`);
      }
      await wait(1_000);
    }),
  },
  {
    name: "a standby that does not answer (`synchronous_standby_names`), for 3 s",
    means: "A commit that waits for a standby is done here: when its time is over it is `outcome_unknown`.",
    run: underOneBridge(async (stage) => {
      await wait(1_000);
      await configure(stage, "set synchronous_standby_names = 'nobody'");
      await wait(3_000);
      await configure(stage, "reset synchronous_standby_names");
      await wait(1_000);
    }),
  },
  {
    name: "read-only switched on for 2 s (`default_transaction_read_only`)",
    means:
      "Writes fail as `unavailable` while the database is read-only, as after a failover, and reads are served.",
    run: underOneBridge(async (stage) => {
      await wait(1_000);
      await configure(stage, "set default_transaction_read_only = on");
      await wait(2_000);
      await configure(stage, "reset default_transaction_read_only");
      await wait(2_000);
    }),
  },
  {
    name: "disk full for 3 s",
    means: "Writes fail and are not done; reads are served, and writes again as soon as there is room.",
    run: underOneBridge(fillDisk),
  },
  {
    name: "PgBouncer in transaction mode ended and started again",
    means: "As a restart of Postgres; a commit that ran at that moment is `outcome_unknown`.",
    async run({ postgres, start, load, after }) {
      const port = await freePort();
      const open = () => startPooler(postgres.url, { mode: "transaction", port });
      let pooler = await open();
      after(() => pooler.stop());
      const { origin } = await start({ url: pooler.url });
      return load(origin, async () => {
        await wait(1_500);
        await pooler.stop();
        await wait(500);
        pooler = await open();
        await wait(3_000);
      });
    },
  },
];
