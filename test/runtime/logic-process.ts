import { rm } from "node:fs/promises";
import { onTestFinished } from "vitest";
import type { Manifest } from "../../schema/manifest.ts";
import { bundleModules } from "../../src/compile/module.ts";
import { projectDirectory } from "../project/project-directory.ts";
import { type BridgeProcess, run, untilReady } from "./bridge-process.ts";
import { manifestOf } from "./manifest.ts";
import { type Answer, notesDatabase, post } from "./serve.ts";

/** A Bridge in a process of its own that serves modules. */
export type LogicProcess = BridgeProcess & {
  database: string;
  call(path: string, params?: unknown): Promise<Answer>;
};

type Setting = {
  environment?: Record<string, string>;
  server?: Partial<Manifest["server"]["limits"]>;
  /** Adds to the project's directory before it is bundled. */
  prepare?(root: string): Promise<void>;
};

/** Serves modules by their path, bundled as `stk bundle` does it. */
export async function serveModules(
  sources: Readonly<Record<string, string>>,
  { environment = {}, server = {}, prepare }: Setting = {},
): Promise<LogicProcess> {
  const names = Object.keys(sources);
  const root = projectDirectory(
    Object.fromEntries(names.map((name) => [`logic/${name}.ts`, sources[name] ?? ""])),
  );
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  await prepare?.(root);
  const entries = names.map((name) => ({ path: name, file: `logic/${name}.ts` }));
  const { modules, diagnostics } = await bundleModules(root, entries);
  if (diagnostics.length > 0) throw new Error(JSON.stringify(diagnostics));
  const { url } = await notesDatabase();
  const logic = Object.fromEntries(
    names.map((name): [string, Manifest["logic"][string]] => [
      name,
      {
        kind: "module",
        access: "public",
        params: {
          n: { type: "integer", default: 1 },
          origin: { type: "text", default: "" },
          reversed: { type: "text", default: "" },
        },
        connection: "main",
        file: `logic/${name}.mjs`,
        env: [],
      },
    ]),
  );
  const { limits, drainMs } = manifestOf().server;
  const files = modules.flatMap(({ path, code, map }) => [
    [`logic/${path}.mjs`, code],
    [`maps/logic/${path}.mjs.map`, map],
  ]);
  const bridge = await run(
    manifestOf({ logic, server: { limits: { ...limits, ...server }, drainMs } }),
    { DATABASE_URL: url, ...environment },
    Object.fromEntries(files),
  );
  await untilReady(bridge).catch((cause: unknown) => {
    throw new Error(`The Bridge did not become ready: ${bridge.output()}`, { cause });
  });
  const call: LogicProcess["call"] = (path, params = {}) =>
    post(bridge.url, JSON.stringify({ path, params }), { "x-request-id": `call-${path}` });
  return { ...bridge, database: url, call };
}
