import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";

/** A request that a server is asked again and again. */
export type Request = { body: string; token: string };

const connections = 32;
const seconds = 3;

/** Requests per second that a server answers with 200, asked by wrk over 32 connections for 3 seconds. */
export async function requestsPerSecond(origin: string, { body, token }: Request): Promise<number> {
  const directory = await mkdtemp(path.join(tmpdir(), "santokit-wrk-"));
  const script = path.join(directory, "request.lua");
  await writeFile(
    script,
    [
      'wrk.method = "POST"',
      `wrk.body = ${JSON.stringify(body)}`,
      'wrk.headers["content-type"] = "application/json"',
      `wrk.headers["authorization"] = "Bearer ${token}"`,
    ].join("\n"),
  );
  const words = ["-t1", `-c${connections}`, `-d${seconds}s`, "-s", script, `${origin}/call`];
  const { stdout } = await execa("wrk", words).finally(() => rm(directory, { recursive: true }));
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`Some requests failed:\n${stdout}`);
  const rate = /Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1];
  if (rate === undefined) throw new Error(`wrk gave no rate:\n${stdout}`);
  return Number(rate);
}
