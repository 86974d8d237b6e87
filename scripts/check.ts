import { execa } from "execa";

/** Everything that CI checks but the tests. All steps run, so that one look shows all that is wrong. */
const steps: Readonly<Record<string, readonly string[]>> = {
  // One checker: each further one checks again what it shares with the others, on cores that the tests beside it need.
  types: ["tsc", "-p", ".", "--checkers", "1"],
  style: ["biome", "ci", "--error-on-warnings", "--colors=off", "."],
  "unused code": ["knip"],
  package: ["publint", "--strict"],
  "JSON Schemas": ["node", "scripts/json-schemas.ts", "--check"],
};

const failed: string[] = [];
for (const [name, [program = "", ...words]] of Object.entries(steps)) {
  const {
    failed: isBad,
    durationMs,
    all,
  } = await execa(program, words, {
    all: true,
    reject: false,
    preferLocal: true,
    stdin: "ignore",
    env: { NO_COLOR: "1", FORCE_COLOR: undefined },
    timeout: 300_000,
  });
  process.stdout.write(`${isBad ? "✗" : "✓"} ${name} (${(durationMs / 1000).toFixed(1)} s)\n`);
  if (!isBad) continue;
  failed.push(name);
  process.stdout.write(`${all}\n`);
}
if (failed.length > 0) {
  process.stdout.write(`\nFailed: ${failed.join(", ")}\n`);
  process.exitCode = 1;
}
