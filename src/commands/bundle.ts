import { relative, resolve } from "node:path";
import { z } from "zod";
import { createBundle, writeBundle } from "../bundle/bundle.ts";
import { compileProject } from "../compile/compile-project.ts";
import { defineCommand, jsonOption, projectOption } from "../core/command.ts";
import { exitCodes } from "../core/error.ts";
import { findProject } from "../project/find-project.ts";
import { readProject } from "../project/read-project.ts";

export const command = defineCommand({
  summary: "Compile a project into dist/manifest.json and dist/santokit-bundle.tgz",
  description:
    "The same files give the same bytes on every machine. The digest is that of the uncompressed tar, " +
    "so that it does not depend on a compressor.",
  arguments: [],
  options: {
    project: projectOption,
    out: { flags: "--out <directory>", description: "where to write (default: dist in the project)" },
    json: jsonOption,
  },
  examples: [
    { command: "stk bundle", does: "writes dist/manifest.json and dist/santokit-bundle.tgz" },
    { command: "stk bundle --out build --json", does: "writes into build and prints the digest as JSON" },
  ],
  input: z.strictObject({
    project: z.string().optional(),
    out: z.string().optional(),
    json: z.boolean().optional(),
  }),
  async run(input, { cwd, output }) {
    const root = findProject(cwd, input.project);
    const compilation = await compileProject(await readProject(root));
    const { diagnostics, manifest } = compilation;
    output.diagnostics(diagnostics, compilation);
    if (manifest === undefined) {
      output.json({ valid: false, diagnostics });
      return exitCodes.failed;
    }
    const bundle = createBundle(compilation);
    const written = writeBundle(bundle, resolve(cwd, input.out ?? resolve(root, "dist")));
    const files = bundle.files.map(({ path, content }) => ({ path, bytes: content.byteLength }));
    output.line(relative(cwd, written.manifest));
    output.line(
      `${relative(cwd, written.tarball)} ${bundle.tarball.byteLength} bytes, ${files.length} ${files.length === 1 ? "file" : "files"}`,
    );
    output.line(bundle.digest);
    output.json({ digest: bundle.digest, ...written, bytes: bundle.tarball.byteLength, files });
    return exitCodes.done;
  },
});
