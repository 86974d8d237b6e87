import process from "node:process";
import packageFile from "../../package.json" with { type: "json" };
import { run } from "./run.ts";

const controller = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (controller.signal.aborted) process.exit(128 + (signal === "SIGINT" ? 2 : 15));
    controller.abort(new Error(signal));
  });
}

// The reader of a pipe may go before all is written, as `head` does. The command goes on to its own end: whoever runs
// it depends on what it does and on its exit code.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

process.exitCode = await run(process.argv.slice(2), {
  version: packageFile.version,
  cwd: process.cwd(),
  env: process.env,
  signal: controller.signal,
  interactive: process.stdin.isTTY === true && process.stderr.isTTY === true && process.env.CI !== "true",
  color: process.stderr.isTTY === true && !process.env.NO_COLOR,
  write: (text) => process.stdout.write(text),
  writeError: (text) => process.stderr.write(text),
});
