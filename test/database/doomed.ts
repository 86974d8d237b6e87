import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Database } from "../../src/database/database.ts";
import type { Doom } from "./fixtures/doomed.ts";

const script = fileURLToPath(new URL("./fixtures/doomed.ts", import.meta.url));

/** Applies in a process of its own; `ended` gives its exit code and the signal that has killed it. */
export function applyInProcess(doom: Doom): { child: ChildProcess; ended: Promise<unknown[]> } {
  const child = fork(script, { serialization: "advanced", stdio: ["ignore", "ignore", "inherit", "ipc"] });
  child.send(doom);
  return { child, ended: once(child, "exit") };
}

const sessions =
  "select wait_event_type as waits from pg_stat_activity where application_name = 'doomed' and datname = current_database()";

/** Waits until a session called `doomed` waits for a lock. */
export const untilStuck = (database: Database): Promise<void> =>
  until(async () => {
    const [doomed] = await database.query<{ waits: string | null }>(sessions);
    return doomed?.waits === "Lock";
  });

/** Waits until the server has noticed that nobody is there any more. */
export const untilGone = (database: Database): Promise<void> =>
  until(async () => (await database.query(sessions)).length === 0);

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (await holds()) return;
    await sleep(25);
  }
  throw new Error("It never came to that.");
}
