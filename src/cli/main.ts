import process from "node:process";
import packageFile from "../../package.json" with { type: "json" };
import { Stopped, stoppedBy, stopSignals } from "../core/stopped.ts";
import { run } from "./run.ts";

const controller = new AbortController();
for (const name of stopSignals) {
  process.on(name, () => {
    if (controller.signal.aborted) process.exit(stoppedBy(controller.signal));
    controller.abort(new Stopped(name));
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
