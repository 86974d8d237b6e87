import { readFileSync } from "node:fs";
import { cpus, release, totalmem, type } from "node:os";
import { execa } from "execa";
import type { Figure } from "./measure.ts";

/** One section of the report: what was measured, and one row for each subject. */
export type Section = { title: string; text: string; unit: string; rows: readonly Row[] };

/** `ratio` compares with the row named by `to`; `aim` is what the project wants. */
export type Row = { name: string; figure: Figure; ratio?: { of: number; to: string }; aim?: string };

const number = (value: number): string =>
  value.toLocaleString("en-US", {
    maximumFractionDigits: value < 0.1 ? 3 : value < 10 ? 2 : value < 100 ? 1 : 0,
  });

/** A section as a table in Markdown. */
export function printSection({ title, text, unit, rows }: Section): string {
  const lines = rows.map(({ name, figure, ratio, aim }) =>
    [
      name,
      number(figure.median),
      `${number(figure.least)} to ${number(figure.most)}`,
      ratio === undefined ? "" : `${number(ratio.of)} × ${ratio.to}`,
      aim ?? "",
    ].join(" | "),
  );
  return [
    `## ${title}`,
    "",
    text,
    "",
    `| | median, ${unit} | range | ratio | aim |`,
    "|---|---:|---:|---|---|",
    ...lines.map((line) => `| ${line} |`),
    "",
  ].join("\n");
}

/**
 * The machine and what ran on it, as a list in Markdown.
 *
 * @param busy the load average before anything was measured: above half of the cores the report warns.
 */
export async function printMachine(busy: number): Promise<string> {
  const answers = async (program: string, ...words: string[]): Promise<string> => {
    const { stdout, stderr, failed } = await execa(program, words, { reject: false, stdin: "ignore" });
    return failed && stdout === "" && stderr === ""
      ? "not there"
      : (`${stdout || stderr}`.split("\n")[0] ?? "");
  };
  const [engine, registry, wrk, commit] = await Promise.all([
    answers("dockerd", "--version"),
    answers("docker-registry", "--version"),
    answers("wrk", "--version"),
    answers("git", "rev-parse", "--short", "HEAD"),
  ]);
  const system = /^PRETTY_NAME="(.*)"$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? type();
  return [
    `- ${cpus().length} cores of ${cpus()[0]?.model.trim() ?? "an unknown processor"}, ${Math.round(totalmem() / 1024 ** 3)} GiB; ${system}, ${type()} ${release()}`,
    `- Node ${process.versions.node}; Postgres 18 (fsync off); ${engine}; ${registry}; ${wrk.replace(/ Copyright.*/, "")}`,
    `- ${new Date().toISOString().slice(0, 10)}, after commit ${commit}; load average before the start ${busy.toFixed(1)}`,
    ...(busy > cpus().length / 2
      ? [
          "",
          "**The machine was busy with other work, which slows some subjects more than others: measure again.**",
        ]
      : []),
    "",
  ].join("\n");
}
