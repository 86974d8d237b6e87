import { mkdir, rename, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Watcher, watchProject } from "../../src/dev/watch.ts";
import { temporaryDirectory } from "../services/temporary.ts";

let root: string;
let watcher: Watcher;
let changes: number;

beforeEach(async () => {
  root = temporaryDirectory();
  await mkdir(join(root, "logic", "tasks"), { recursive: true });
  await writeFile(join(root, "stk.yaml"), "name: shop\n");
  await writeFile(join(root, "logic", "tasks", "open.sql"), "select 1\n");
  changes = 0;
  watcher = watchProject(root, () => {
    changes += 1;
  });
  await wait(150);
});
afterEach(() => watcher.close());

const seen = (count: number) =>
  vi.waitFor(() => expect(changes).toBe(count), { timeout: 3_000, interval: 20 });

test("one edit is one change, however many writes it takes", async () => {
  for (const text of ["select", "select 2", "select 2;\n"])
    await writeFile(join(root, "logic/tasks/open.sql"), text);
  await seen(1);
});

test("an editor that writes beside the file and renames is seen, and so is its second save", async () => {
  for (const count of [1, 2]) {
    await writeFile(join(root, "logic/tasks/.open.sql.swp"), `select ${count + 1}\n`);
    await rename(join(root, "logic/tasks/.open.sql.swp"), join(root, "logic/tasks/open.sql"));
    await vi.waitFor(() => expect(changes).toBeGreaterThanOrEqual(count));
    await wait(200);
  }
});

test("files in a folder that was made later are seen, and stk.yaml and .env too", async () => {
  await mkdir(join(root, "config"));
  await writeFile(join(root, "config/server.yaml"), "limits: {}\n");
  await seen(1);
  await writeFile(join(root, "config/server.yaml"), "drain: 1s\n");
  await seen(2);
  await writeFile(join(root, "stk.yaml"), "name: store\n");
  await seen(3);
  await writeFile(join(root, ".env"), "A=1\n");
  await seen(4);
});

test("a folder that is removed is a change, and made again it is watched again", async () => {
  await rm(join(root, "logic/tasks"), { recursive: true });
  await seen(1);
  await mkdir(join(root, "logic/tasks"));
  await writeFile(join(root, "logic/tasks/open.sql"), "select 3\n");
  await seen(2);
});

test("the same bytes with another time, and files that are no part of the project, are no change", async () => {
  await utimes(join(root, "stk.yaml"), new Date(0), new Date(0));
  await mkdir(join(root, ".stk"));
  await writeFile(join(root, ".stk/state"), "x");
  await writeFile(join(root, "README.md"), "x");
  await wait(400);
  expect(changes).toBe(0);
});

test("nothing is heard after it was closed", async () => {
  watcher.close();
  await writeFile(join(root, "stk.yaml"), "name: other\n");
  await wait(300);
  expect(changes).toBe(0);
});
