import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { execa } from "execa";
import { builtInBase } from "../../src/deploy/base/built-in.ts";
import { parseReference } from "../../src/oci/reference.ts";
import { createRegistry } from "../../src/oci/registry.ts";
import { type Registry, startRegistry } from "../services/registry.ts";
import { type Figure, interleaved, processTime } from "./measure.ts";
import { type PrivateEngine, startPrivateEngine } from "./private-engine.ts";
import { changeHelpdesk, copyHelpdesk, type Kind, stkFile } from "./project.ts";
import type { Section } from "./report.ts";

/** `stk deploy image` of helpdesk against `docker build` and `docker push` of the same files onto the same base. */
export async function measureDeploy(directory: string): Promise<Section[]> {
  const [engine, registry] = await Promise.all([startPrivateEngine(), startRegistry()]);
  try {
    const base = `${registry.host}/base:v1`;
    const set = await builtInBase(["amd64"], { env: process.env, progress: () => {} });
    await createRegistry({ env: process.env }).write(set, parseReference(base));
    const project = await copyHelpdesk(directory);
    const setting = { directory, project, base, registry, engine };
    const subjects = subjectsOf(setting);
    return [await measureWarm(subjects), await measureCold(subjects, setting)];
  } finally {
    await Promise.all([engine.stop(), registry.stop()]);
  }
}

type Setting = {
  directory: string;
  project: string;
  base: string;
  registry: Registry;
  engine: PrivateEngine;
};

/** Each changes one file of the project, then takes the time in milliseconds that a deployment takes. */
type Subjects = {
  stk(kind: Kind, options?: { repository?: string; cache?: string }): Promise<number>;
  docker(options?: { repository?: string; withBundle?: boolean }): Promise<number>;
  engine: PrivateEngine;
};

function subjectsOf({ directory, project, base, registry, engine }: Setting): Subjects {
  const context = path.join(directory, "context");
  let changes = 0;
  const change = async (kind: Kind): Promise<string> => {
    changes += 1;
    await changeHelpdesk(project, kind, changes);
    return `v${changes}`;
  };
  return {
    engine,
    async stk(kind, { repository = "by-stk", cache } = {}) {
      const reference = `${registry.host}/${repository}:${await change(kind)}`;
      const words = [stkFile, "deploy", "image", "--project", project, "--base", base, "--tag", reference];
      return processTime(
        process.execPath,
        words,
        cache === undefined ? {} : { env: { XDG_CACHE_HOME: cache } },
      );
    },
    async docker({ repository = "by-docker", withBundle = false } = {}) {
      const reference = `${registry.host}/${repository}:${await change("module")}`;
      const bundling = await writeContext(project, context, base);
      const { program, env } = engine;
      const building = await processTime(program, ["build", "--quiet", "--tag", reference, context], {
        env,
      });
      const pushing = await processTime(program, ["push", "--quiet", reference], { env });
      return (withBundle ? bundling : 0) + building + pushing;
    },
  };
}

async function measureWarm({ stk, docker, engine }: Subjects): Promise<Section> {
  await stk("statement");
  await stk("module");
  await stk("limit");
  await docker();
  const figures = await interleaved(
    {
      docker: () => docker(),
      limit: () => stk("limit"),
      module: () => stk("module"),
      bundled: () => docker({ withBundle: true }),
      statement: () => stk("statement"),
    },
    9,
  );
  const row = rowOf(figures.docker);
  return {
    title: "Deploying a change, warm",
    text: `One file of helpdesk differs from the image before. ${what(engine)}`,
    unit: "ms",
    rows: [
      { name: "`docker build`, `docker push`", figure: figures.docker },
      { name: "`stk bundle`, `docker build`, `docker push`", ...row(figures.bundled) },
      { name: "`stk deploy image`, a limit changed", ...row(figures.limit), aim: "no slower" },
      { name: "`stk deploy image`, TypeScript changed", ...row(figures.module), aim: "no slower" },
      { name: "`stk deploy image`, SQL changed and checked", ...row(figures.statement), aim: "no slower" },
    ],
  };
}

async function measureCold(
  { stk, docker, engine }: Subjects,
  { directory, project }: Setting,
): Promise<Section> {
  let run = 0;
  const repository = () => {
    run += 1;
    return `cold-${run}`;
  };
  const figures = await interleaved(
    {
      docker: async () => {
        await engine.empty();
        return docker({ repository: repository() });
      },
      cached: () => stk("module", { repository: repository() }),
      empty: async () => {
        const cache = path.join(directory, "cache");
        for (const kept of [cache, path.join(project, ".stk")])
          await rm(kept, { recursive: true, force: true });
        return stk("module", { repository: repository(), cache });
      },
    },
    5,
  );
  const row = rowOf(figures.docker);
  return {
    title: "Deploying from an empty engine, cold",
    text: `The engine has nothing and pulls the base first; the repository is new to the registry. ${what(engine)}`,
    unit: "ms",
    rows: [
      { name: "`docker build`, `docker push`", figure: figures.docker },
      { name: "`stk deploy image`", ...row(figures.cached), aim: "10 times as fast" },
      { name: "`stk deploy image`, its own cache empty too", ...row(figures.empty) },
    ],
  };
}

const what = ({ name }: PrivateEngine): string =>
  "Whole processes, one base, a registry on the same machine. `stk deploy image` reads, checks and compiles the " +
  `project, bakes and pushes; \`docker build\` is given the compiled files (${name}).`;

const rowOf = (docker: Figure) => (figure: Figure) => ({
  figure,
  ratio: { of: docker.median / figure.median, to: "as fast as Docker" },
});

/** Writes the bundle's files and a Dockerfile that adds them to the base; gives the time that the bundle took. */
async function writeContext(project: string, context: string, base: string): Promise<number> {
  const out = path.join(path.dirname(context), "bundle");
  const time = await processTime(process.execPath, [stkFile, "bundle", "--project", project, "--out", out]);
  await rm(context, { recursive: true, force: true });
  await mkdir(path.join(context, "bundle"), { recursive: true });
  await execa("tar", ["-xzf", path.join(out, "santokit-bundle.tgz"), "-C", path.join(context, "bundle")]);
  const lines = [
    `FROM ${base}`,
    "COPY bundle /santokit/bundle",
    "ENV MANIFEST_PATH=/santokit/bundle/manifest.json",
  ];
  await writeFile(path.join(context, "Dockerfile"), `${lines.join("\n")}\n`);
  return time;
}
