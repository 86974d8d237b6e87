import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pino } from "pino";
import { onTestFinished } from "vitest";
import type { BridgeInput } from "../../../runtime/bridge.ts";
import type { Manifest, ModuleLogic } from "../../../schema/manifest.ts";
import { openPglite } from "../../../src/database/pglite.ts";
import { embeddedConnection } from "../../../src/dev/embedded-connection.ts";
import { manifestOf, notesSql } from "../manifest.ts";
import { execute, notesDatabase, type Served, serve, untilReady } from "../serve.ts";

/** The headers of a caller with these claims, which nobody checks. */
export const unverified = (claims: object): { authorization: string } => ({
  authorization: `Bearer ${["{}", JSON.stringify(claims)].map((part) => Buffer.from(part).toString("base64url")).join(".")}.`,
});

/** A Bridge with modules, the lines of its log, and what runs SQL on its database. */
export type ServedModules = Served & {
  readonly lines: Record<string, unknown>[];
  sql(text: string): Promise<Record<string, unknown>[]>;
};

/** A server, or the embedded Postgres of `stk dev`, which has one session. */
export type Engine = "server" | "embedded";

/** Serves modules by path, each given as the body of its handler, and other calls beside them. */
export async function serveModules(
  bodies: Readonly<Record<string, string>>,
  {
    engine = "server",
    change = {},
    schema = notesSql,
    environment = { STK_DISABLE_AUTH: "true" },
    params = { n: { type: "integer", default: 1 } },
  }: {
    engine?: Engine;
    change?: Partial<Manifest>;
    schema?: string;
    environment?: BridgeInput["environment"];
    /** Those of every module. */
    params?: ModuleLogic["params"];
  } = {},
): Promise<ServedModules> {
  const root = await mkdtemp(path.join(tmpdir(), "santokit-modules-"));
  onTestFinished(() => rm(root, { recursive: true }));
  await mkdir(path.join(root, "logic"));
  const logic: Manifest["logic"] = {};
  for (const [name, body] of Object.entries(bodies)) {
    const file = `logic/${name}.mjs`;
    await writeFile(
      path.join(root, file),
      `export default async function it(params, context) {\n${body}\n}\n`,
    );
    logic[name] = moduleOf(file, params);
  }
  const { sql, ...database } = await databaseOf(engine, schema);
  const lines: Record<string, unknown>[] = [];
  const served = await serve({
    ...database,
    modulesRoot: root,
    environment,
    log: pino({ base: null }, { write: (line) => lines.push(JSON.parse(line)) }),
    manifest: manifestOf({ ...change, logic: { ...logic, ...change.logic } }),
  });
  await untilReady(served);
  return { ...served, lines, sql };
}

const moduleOf = (file: string, params: ModuleLogic["params"]): ModuleLogic => ({
  kind: "module",
  access: "public",
  params,
  connection: "main",
  file,
  env: [],
});

type Reachable = { url: string; sql: ServedModules["sql"] } & Pick<BridgeInput, "connect">;

async function databaseOf(engine: Engine, schema: string): Promise<Reachable> {
  if (engine === "server") {
    const { url } = await notesDatabase(schema);
    return { url, sql: async (text) => (await execute(url, text)).rows };
  }
  const embedded = await openPglite();
  onTestFinished(() => embedded.close());
  await embedded.script(schema);
  const database = await embeddedConnection(embedded);
  return {
    url: "",
    connect: () => database,
    sql: async (text) => (await database.query({ text }, [])).rows,
  };
}
