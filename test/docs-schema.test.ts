import { mkdtempSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { z } from "zod";
import { compileProject } from "../src/compile/compile-project.ts";
import { applyPlan } from "../src/database/apply/apply.ts";
import { planSchema } from "../src/database/plan/plan.ts";
import { openPostgres } from "../src/database/postgres.ts";
import { readProject } from "../src/project/read-project.ts";
import { sharedShadow } from "./database/shared-shadow.ts";
import { freshDatabase } from "./services/postgres.ts";

const root = path.join(import.meta.dirname, "..");
const page = readFileSync(path.join(root, "docs/schema.md"), "utf8");

/** The files that the page shows, by the path in their first line. */
const files = [...page.matchAll(/^```(?:yaml|sql)\n(?:#|--) (\S+)\n(.*?)^```$/gms)].map(
  ([, file = "", text = ""]) => ({ file, text }),
);

it("shows a project that compiles, is applied to a real Postgres, and is then what is declared", async () => {
  const directory = mkdtempSync(path.join(tmpdir(), "santokit-reference-"));
  const connections = "main:\n  url: ${DATABASE_URL}\n";
  for (const { file, text } of [
    ...files,
    { file: "stk.yaml", text: "name: reference\n" },
    { file: "config/connections.yaml", text: connections },
  ]) {
    await mkdir(path.dirname(path.join(directory, file)), { recursive: true });
    await writeFile(path.join(directory, file), text);
  }
  const { diagnostics, declared } = await compileProject(await readProject(directory));
  expect(diagnostics).toEqual([]);
  if (declared.main === undefined) throw new Error("Nothing is declared.");

  const { url, drop } = await freshDatabase();
  const shadow = await sharedShadow();
  const database = await openPostgres({ url, applicationName: "test", connectTimeoutMs: 5_000 });
  try {
    const plan = () =>
      planSchema(database, {
        connection: "main",
        declared: declared.main ?? { enums: {}, tables: {} },
        shadow,
      });
    await applyPlan(database, await plan(), { by: { version: "test" } });
    expect((await plan()).plan).toMatchObject({ steps: [], blocked: [], notices: [] });
  } finally {
    await database.close();
    await drop();
  }
}, 120_000);

const node = z.looseObject({ properties: z.record(z.string(), z.unknown()).optional() });

/** Every key that a schema file may have, from the JSON Schema for editors. */
function keysIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  const own = node.safeParse(value).data?.properties ?? {};
  return [...Object.keys(own), ...Object.values(value).flatMap(keysIn)];
}

it("names every key of the language", () => {
  const keys = new Set(keysIn(JSON.parse(readFileSync(path.join(root, "schema/json/schema.json"), "utf8"))));
  expect(keys.size).toBeGreaterThan(80);
  const missing = [...keys].filter((key) => !new RegExp(`[\`{ ,(]${key}(?:\`|:| )`, "m").test(page));
  expect(missing).toEqual([]);
});
