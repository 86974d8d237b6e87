import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Database } from "../../src/database/database.ts";
import { type Plan, planSchema } from "../../src/database/plan/plan.ts";
import type { Shadow } from "../../src/database/shadow/shadow.ts";
import { readProject } from "../../src/project/read-project.ts";
import { declaredSchemas } from "../../src/snapshot/declared-schemas.ts";
import { type SnapshotResult, takeSnapshot } from "../../src/snapshot/take-snapshot.ts";
import { writeFiles } from "../../src/snapshot/write-files.ts";

/** A project in a temporary directory, to take snapshots of a database in. */
export type SnapshotProject = {
  write(files: Readonly<Record<string, string>>): void;
  /** The files of `schema/`, by path. */
  files(): Record<string, string>;
  /** Takes a snapshot and writes it. */
  take(database: Database, schemas?: readonly string[]): Promise<SnapshotResult>;
  declared(): Promise<ReturnType<typeof declaredSchemas>>;
  plan(database: Database): Promise<Plan>;
  remove(): void;
};

const nothing = { enums: {}, tables: {} };

/** Makes a {@link SnapshotProject} of the connection `main`. */
export function snapshotProject(shadow: Shadow): SnapshotProject {
  const root = mkdtempSync(path.join(tmpdir(), "santokit-snapshot-"));
  const write: SnapshotProject["write"] = (files) => {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
      writeFileSync(path.join(root, file), text);
    }
  };
  write({
    "stk.yaml": "name: test\n",
    "config/connections.yaml": 'main: { engine: postgres, url: "${DATABASE_URL}" }\n',
  });
  const declared = async () => declaredSchemas(await readProject(root));
  return {
    write,
    declared,
    files: () => filesBelow(root, "schema"),
    async take(database, schemas) {
      const project = await readProject(root);
      const main = declaredSchemas(project).declared.get("main") ?? nothing;
      const result = await takeSnapshot(database, {
        connection: "main",
        project,
        declared: main,
        schemas,
        shadow,
      });
      writeFiles(root, result.files);
      return result;
    },
    async plan(database) {
      const { declared: all, diagnostics } = await declared();
      if (diagnostics.length > 0) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
      const options = { connection: "main", declared: all.get("main") ?? nothing, shadow };
      return (await planSchema(database, options)).plan;
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function filesBelow(root: string, folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(path.join(root, folder)).sort()) {
    const file = `${folder}/${name}`;
    if (statSync(path.join(root, file)).isDirectory()) Object.assign(found, filesBelow(root, file));
    else found[file] = readFileSync(path.join(root, file), "utf8");
  }
  return found;
}
