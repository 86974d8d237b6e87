// Stands where the Bridge would, and tells what the image lets it do.
import { spawnSync } from "node:child_process";
import { lookup } from "node:dns/promises";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import process from "node:process";
import { Worker } from "node:worker_threads";

const attempt = async (act) => {
  try {
    return await act();
  } catch (error) {
    return error.code ?? String(error);
  }
};

const report = {
  user: [process.getuid(), process.getgid()],
  directory: process.cwd(),
  version: process.version,
  localhost: await attempt(async () => (await lookup("localhost", { family: 4 })).address),
  named: await attempt(async () => (await lookup("db.internal")).address),
  certificates: await attempt(
    () => readFileSync("/etc/ssl/certs/ca-certificates.crt", "utf8").split("BEGIN CERT").length > 100,
  ),
  passwords: await attempt(() => readFileSync("/etc/passwd", "utf8")),
  write: await attempt(() => writeFileSync("/tmp/file", "")),
  writeOwn: await attempt(() => writeFileSync("/santokit/file", "")),
  spawn: await attempt(() => spawnSync("/usr/local/bin/node", ["--version"]).status),
  worker: await attempt(() => typeof new Worker("0", { eval: true })),
};
process.on("SIGTERM", () => process.exit(0));
createServer((_, response) => response.end("ready")).listen(process.env.PORT, () => {
  process.stdout.write(`${JSON.stringify(report)}\n`);
});
