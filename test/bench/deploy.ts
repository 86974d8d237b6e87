import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { execa } from "execa";
import { builtInBase } from "../../src/deploy/base/built-in.ts";
import { parseReference } from "../../src/oci/reference.ts";
import { createRegistry } from "../../src/oci/registry.ts";
import { startEngine } from "../services/engine-server.ts";
import { startRegistry } from "../services/registry.ts";
import { interleaved, processTime } from "./measure.ts";
import { changeHelpdesk, copyHelpdesk, stkFile } from "./project.ts";
import type { Section } from "./report.ts";

/** `stk deploy image` of helpdesk against `docker build` and `docker push` of the same files onto the same base. */
export async function measureDeploy(directory: string): Promise<Section[]> {
  const [engine, registry] = await Promise.all([startEngine(), startRegistry()]);
  const base = `${registry.host}/base:v1`;
  const docker = (...words: string[]) => processTime("docker", words, { env: { DOCKER_BUILDKIT: "0" } });
  try {
    const reference = parseReference(base);
    const set = await builtInBase(["amd64"], { env: process.env, progress: () => {} });
    await createRegistry({ env: process.env }).write(set, reference);
    const project = await copyHelpdesk(directory);
    const context = path.join(directory, "context");
    let change = 0;

    const stk = async (repository: string, env: Record<string, string> = {}) => {
      change += 1;
      await changeHelpdesk(project, change);
      const tag = `${registry.host}/${repository}:v${change}`;
      const words = [stkFile, "deploy", "image", "--project", project, "--base", base, "--tag", tag];
      return processTime(process.execPath, words, { env });
    };
    const dockerPush = async (repository: string) => {
      change += 1;
      await changeHelpdesk(project, change);
      await writeContext(project, context, base);
      const tag = `${registry.host}/${repository}:d${change}`;
      return (
        (await docker("build", "--quiet", "--tag", tag, context)) + (await docker("push", "--quiet", tag))
      );
    };
    const emptyEngine = async () => {
      const { stdout } = await execa("docker", [
        "images",
        "--quiet",
        "--filter",
        `reference=${registry.host}/*`,
      ]);
      const images = [...new Set(stdout.split("\n").filter(Boolean))];
      if (images.length > 0) await execa("docker", ["rmi", "--force", ...images]);
    };

    await stk("helpdesk");
    await dockerPush("helpdesk-docker");
    const warm = await interleaved(
      { stk: () => stk("helpdesk"), docker: () => dockerPush("helpdesk-docker") },
      7,
    );
    let cold = 0;
    const fromNothing = await interleaved(
      {
        stk: async () => {
          cold += 1;
          const cache = path.join(directory, `cache-${cold}`);
          return stk(`cold-${cold}`, { XDG_CACHE_HOME: cache }).finally(() =>
            rm(cache, { recursive: true, force: true }),
          );
        },
        docker: async () => {
          cold += 1;
          await emptyEngine();
          return dockerPush(`cold-${cold}`);
        },
      },
      5,
    );
    await emptyEngine();
    return [
      compared(
        "Deploying a change, warm",
        "One statement of helpdesk differs from the image before.",
        warm,
        1,
      ),
      compared(
        "Deploying from nothing, cold",
        "The engine has no image, `stk` no cache of its own, and the registry only the base: the engine pulls it first.",
        fromNothing,
        10,
      ),
    ];
  } finally {
    await Promise.all([engine.stop(), registry.stop()]);
  }
}

type Figures = Awaited<ReturnType<typeof interleaved<"stk" | "docker">>>;

function compared(title: string, text: string, { stk, docker }: Figures, aim: number): Section {
  return {
    title,
    text:
      `${text} \`stk deploy image\` reads, checks and compiles the project, bakes and pushes; ` +
      "`docker build` and `docker push` get the finished bundle. Whole processes, a registry on the same machine.",
    unit: "ms",
    rows: [
      { name: "`docker build` and `docker push`", figure: docker },
      {
        name: "`stk deploy image`",
        figure: stk,
        ratio: { of: docker.median / stk.median, to: "as fast as Docker" },
        aim: aim === 1 ? "no slower" : `${aim} times as fast`,
      },
    ],
  };
}

/** What `docker build` is given: the bundle's files and a Dockerfile that adds them to the base. */
async function writeContext(project: string, context: string, base: string): Promise<void> {
  const out = path.join(path.dirname(context), "bundle");
  await execa(process.execPath, [stkFile, "bundle", "--project", project, "--out", out]);
  await rm(context, { recursive: true, force: true });
  await mkdir(path.join(context, "bundle"), { recursive: true });
  await execa("tar", ["-xzf", path.join(out, "santokit-bundle.tgz"), "-C", path.join(context, "bundle")]);
  await cp(path.join(out, "manifest.json"), path.join(context, "bundle/manifest.json"));
  const lines = [
    `FROM ${base}`,
    "COPY bundle /santokit/bundle",
    "ENV MANIFEST_PATH=/santokit/bundle/manifest.json",
  ];
  await writeFile(path.join(context, "Dockerfile"), `${lines.join("\n")}\n`);
}
