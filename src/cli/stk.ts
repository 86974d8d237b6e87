#!/usr/bin/env node
// The first file that runs, on whatever Node there is: what a Node that is too old lacks is not imported by name.
import module from "node:module";
import process from "node:process";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 12)) {
  process.stderr.write(
    `stk: this is Node ${process.versions.node}, and stk needs 22.12 or later (old_node)\n`,
  );
  process.exit(2);
}
// The cache holds only what is compiled after it was turned on, so everything else is imported from here.
module.enableCompileCache();
await import("./main.ts");
