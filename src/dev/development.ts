import { readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Bridge, createBridge } from "../../runtime/bridge.ts";
import type { Log } from "../../runtime/log.ts";
import type { Manifest } from "../../schema/manifest.ts";
import type { Compilation } from "../compile/compilation.ts";
import { compileProject } from "../compile/compile-project.ts";
import type { Output } from "../core/command.ts";
import { digestOf } from "../core/digest.ts";
import { exitCodes, StkError } from "../core/error.ts";
import { makeDirectory } from "../core/make-directory.ts";
import { ownPackage } from "../core/package-root.ts";
import type { Blocked } from "../database/diff/change.ts";
import type { EmbeddedDatabase } from "../database/pglite.ts";
import { projectShadow } from "../database/shadow/kept-shadow.ts";
import { lentShadow } from "../database/shadow/lent-shadow.ts";
import type { Shadow } from "../database/shadow/shadow.ts";
import type { Project } from "../project/project.ts";
import { readProject } from "../project/read-project.ts";
import { counted } from "./counted.ts";
import { openDevelopmentDatabase } from "./database-directory.ts";
import { type Environment, withDotEnv } from "./dot-env.ts";
import { type EmbeddedConnection, embeddedConnection } from "./embedded-connection.ts";
import { withLoopbackOrigins } from "./loopback-origins.ts";
import { prepareDatabase } from "./prepare-database.ts";
import { loadSeeds, seedsByConnection } from "./seeds.ts";
import { stateFile } from "./state-directory.ts";

/** What a {@link Development} is made of. `jwks` are the public keys of the development issuer. */
export type DevelopmentInput = {
  root: string;
  env: Environment;
  jwks: string;
  output: Pick<Output, "progress" | "warn" | "diagnostics">;
  log: Log;
};

/** A project that is served from its files, with a database of its own for each connection. */
export class Development {
  bridge: Bridge | undefined;
  manifest: Manifest | undefined;
  readonly connections = new Map<string, EmbeddedConnection>();
  readonly #input: DevelopmentInput;
  readonly #databases: EmbeddedDatabase[] = [];
  /** The Bridge reads it at each reload, so that what changes in `.env` counts. */
  readonly #environment: Record<string, string | undefined> = {};
  /** The schema that each database has, as the manifest spells it. */
  readonly #schemas = new Map<string, string>();
  readonly #shadow: Shadow;

  constructor(input: DevelopmentInput) {
    this.#input = input;
    this.#shadow = projectShadow(input.root);
  }

  /**
   * Serves the project's files as they are now. Where they have problems these are shown, and what was served before
   * goes on.
   *
   * @throws {StkError} `database_blocked` where a database cannot become what is declared, and what serving and seeding throw.
   */
  async refresh(): Promise<"served" | "invalid"> {
    const { root, output } = this.#input;
    const project = await readProject(root);
    const compilation = await compileProject(project, { openShadow: async () => lentShadow(this.#shadow) });
    output.diagnostics(compilation.diagnostics, compilation);
    const { manifest } = compilation;
    if (manifest === undefined) return "invalid";
    await this.#prepare(project, manifest, compilation.declared);
    await this.#serve(manifest, await this.#writeModules(compilation));
    this.manifest = manifest;
    return "served";
  }

  async close(): Promise<void> {
    await this.bridge?.close();
    await Promise.all(this.#databases.map((database) => database.close()));
    await this.#shadow.close();
  }

  async #prepare(project: Project, manifest: Manifest, plannable: Compilation["declared"]): Promise<void> {
    const { root, output } = this.#input;
    const names = Object.keys(manifest.connections);
    const seeds = seedsByConnection(project.seeds, names);
    const blocked: [connection: string, Blocked][] = [];
    for (const connection of names) {
      const own = await this.#open(root, connection);
      const declared = plannable[connection] ?? { enums: {}, tables: {} };
      const schema = JSON.stringify(declared);
      if (this.#schemas.get(connection) !== schema) {
        const preparation = { connection, declared, shadow: this.#shadow, version: ownPackage().version };
        const found = await own.exclusively((database) => prepareDatabase(database, preparation, output));
        blocked.push(...found.map((one) => [connection, one] as [string, Blocked]));
        if (found.length > 0) continue;
        this.#schemas.set(connection, schema);
      }
      const files = seeds.get(connection) ?? [];
      const seeding = await own.exclusively((database) => loadSeeds(database, files));
      if (seeding === "seeded" && files.length > 0)
        output.progress(`${connection}: loaded ${counted(files.length, "file")} of seeds`);
      if (seeding === "changed") output.progress(`${connection}: its seeds have changed; --reset loads them`);
    }
    if (blocked.length > 0) throw databaseBlocked(blocked);
  }

  async #open(root: string, connection: string): Promise<EmbeddedConnection> {
    const known = this.connections.get(connection);
    if (known !== undefined) return known;
    const database = await openDevelopmentDatabase(root, connection);
    this.#databases.push(database);
    const opened = await embeddedConnection(database);
    this.connections.set(connection, opened);
    return opened;
  }

  async #serve(declared: Manifest, modulesRoot: string): Promise<void> {
    const manifest = withLoopbackOrigins(declared);
    const { root, env, jwks, log } = this.#input;
    const environment = { ...(await withDotEnv(root, env)), STK_DEV_JWKS: jwks, NODE_ENV: "development" };
    for (const name of Object.keys(this.#environment)) delete this.#environment[name];
    Object.assign(this.#environment, environment);
    if (this.bridge !== undefined) return this.bridge.reload(manifest, modulesRoot);
    this.bridge = await createBridge({
      manifest,
      modulesRoot,
      environment: this.#environment,
      connect: (name) => {
        const connection = this.connections.get(name);
        if (connection === undefined) throw new Error(`The connection ${name} was not opened.`);
        return connection;
      },
      log,
    });
  }

  /** Each version's modules have a directory of their own, so that calls that run keep what they began with. */
  async #writeModules({ modules }: Compilation): Promise<string> {
    const content = modules.map(({ path, content }) => [path, digestOf(content)]);
    const name = digestOf(JSON.stringify(content)).slice("sha256:".length, 24);
    const versions = await stateFile(this.#input.root, "dev");
    const directory = join(versions, name);
    for (const { path, content } of modules) {
      makeDirectory(dirname(join(directory, path)));
      await writeFile(join(directory, path), content);
    }
    makeDirectory(directory);
    const older = (await readdir(versions)).filter((version) => version !== name);
    if (this.bridge === undefined)
      await Promise.all(
        older.map((version) => rm(join(versions, version), { recursive: true, force: true })),
      );
    return directory;
  }
}

const databaseBlocked = (blocked: readonly [connection: string, Blocked][]): StkError =>
  new StkError(
    "database_blocked",
    `The development database cannot become what is declared:\n${blocked
      .map(
        ([connection, { object, message, wayOut }]) =>
          `  ${connection}: ${object}: ${message}\n    ${wayOut}`,
      )
      .join("\n")}`,
    {
      hint: "Declare what is meant, undo the change, or start with --reset: it deletes the development databases and makes them anew from the schema and the seeds.",
      exitCode: exitCodes.blocked,
    },
  );
