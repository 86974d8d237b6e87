import { chown, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { expect, it, onTestFinished } from "vitest";
import { createPool } from "../../runtime/database/pool.ts";
import { CallError } from "../../runtime/error.ts";
import { silentLog } from "../../runtime/log.ts";
import { freePort } from "../services/port.ts";
import { postgresPrograms, unprivilegedUser, untilAnswers } from "../services/postgres-server.ts";
import { execute } from "./serve.ts";

type Server = { data: string; port: number; url: string; stop(mode: string): Promise<void> };

it("a failover to a standby loses no write that was acknowledged, and needs no restart", async () => {
  const programs = postgresPrograms(15);
  if (programs === undefined) throw new Error("Postgres 15 of test/services/install.sh is missing.");
  const directory = await mkdtemp(path.join(tmpdir(), "santokit-failover-"));
  const user = await unprivilegedUser();
  if (user !== undefined) await chown(directory, user.uid, user.gid);
  const runOne = (program: string, ...list: string[]) =>
    execa(path.join(programs, program), list, { ...user, cwd: directory, stdin: "ignore" });

  async function start(data: string): Promise<Server> {
    const port = await freePort();
    const flags = `-p ${port} -c listen_addresses=127.0.0.1 -k "" -c fsync=off`;
    await runOne("pg_ctl", "-D", data, "-o", flags, "-l", `${data}.log`, "-w", "start");
    const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
    await untilAnswers(url, () => undefined);
    const stop = async (mode: string) => void (await runOne("pg_ctl", "-D", data, "-m", mode, "-w", "stop"));
    return { data, port, url, stop };
  }

  await runOne("initdb", "-D", `${directory}/a`, "-U", "postgres", "-A", "trust", "-N");
  const primary = await start(`${directory}/a`);
  let isPrimaryUp = true;
  await runOne("pg_basebackup", "-d", primary.url, "-D", `${directory}/b`, "-R", "-X", "stream");
  const standby = await start(`${directory}/b`);
  onTestFinished(async () => {
    await standby.stop("immediate");
    if (isPrimaryUp) await primary.stop("immediate");
    await rm(directory, { recursive: true });
  });
  await execute(primary.url, "create table t (n integer primary key)");
  await execute(primary.url, "alter system set synchronous_standby_names = '*'");
  await execute(primary.url, "select pg_reload_conf()");

  const url = `postgres://postgres@127.0.0.1:${primary.port},127.0.0.1:${standby.port}/postgres?target_session_attrs=read-write`;
  const pool = createPool(
    "main",
    { url, pool: 4, statementTimeoutMs: 3_000, connectTimeoutMs: 1_000 },
    silentLog,
  );
  onTestFinished(() => pool.close());
  const acknowledged = new Set<number>();
  const counts: Record<string, number> = {};
  let next = 0;
  let isOver = false;
  const write = { name: "w", text: "insert into t values ($1::integer)" };
  const writers = Array.from({ length: 8 }, async () => {
    while (!isOver) {
      const n = next++;
      try {
        await pool.query(write, [`${n}`]);
        acknowledged.add(n);
      } catch (error) {
        const code = error instanceof CallError ? error.code : String(error);
        counts[code] = (counts[code] ?? 0) + 1;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  });
  await expect.poll(() => acknowledged.size, { timeout: 10_000 }).toBeGreaterThan(200);
  // Demoted first: its sessions stay, and refuse writes.
  await execute(primary.url, "alter system set default_transaction_read_only = on");
  await execute(primary.url, "select pg_reload_conf()");
  await expect.poll(() => Object.keys(counts).length, { timeout: 10_000 }).toBeGreaterThan(0);
  const before = acknowledged.size;
  await execute(standby.url, "select pg_promote()");
  await expect.poll(() => acknowledged.size, { timeout: 15_000 }).toBeGreaterThan(before + 200);
  await primary.stop("immediate");
  isPrimaryUp = false;
  const after = acknowledged.size;
  await expect.poll(() => acknowledged.size, { timeout: 15_000 }).toBeGreaterThan(after + 200);
  isOver = true;
  await Promise.all(writers);
  const { rows } = await execute(standby.url, "select n from t");
  const kept = new Set(rows.map(({ n }) => Number(n)));
  const lost = [...acknowledged].filter((n) => !kept.has(n));
  process.stdout.write(
    `${JSON.stringify({ acknowledged: acknowledged.size, lost: lost.length, failed: counts })}\n`,
  );
  expect(lost).toEqual([]);
});
