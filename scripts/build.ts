import { chmod, copyFile, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { type BuildOptions, build, type Plugin } from "esbuild";
import { licensesOf } from "./licenses.ts";

const root = path.resolve(import.meta.dirname, "..");
const dist = path.join(root, "dist");

/** Zod's messages in sixty languages are half of the Bridge, and nothing asks for more than one. */
const oneLanguage: Plugin = {
  name: "one-language",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: 'export { default as en } from "./en.js";',
    }));
  },
};

const shared = {
  absWorkingDir: root,
  outdir: dist,
  bundle: true,
  plugins: [oneLanguage],
  format: "esm",
  platform: "node",
  target: "node22.12",
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: "none",
  sourcemap: "external",
  sourcesContent: false,
  metafile: true,
  logLevel: "warning",
  outExtension: { ".js": ".mjs" },
  // Bundled CommonJS packages ask for Node's own modules by require.
  banner: {
    js: 'import{createRequire as santokitRequire}from"node:module";const require=santokitRequire(import.meta.url);',
  },
} satisfies BuildOptions;

/** `dist/stk.js` and its chunks, of which a command loads those that it needs. */
const command = build({
  ...shared,
  entryPoints: { stk: "src/cli/stk.ts" },
  chunkNames: "[name]-[hash]",
  outExtension: {},
  splitting: true,
  external: ["@electric-sql/*", "esbuild", "dockerode", "pg-native"],
});

/** `dist/bridge.mjs`: one file that needs nothing beside it, since it is all that an image holds but Node. */
const bridge = build({
  ...shared,
  entryPoints: { bridge: "runtime/main.ts" },
  external: ["pg-native"],
});

await mkdir(dist, { recursive: true });
const built = await Promise.all([command, bridge]);
await copyFile(path.join(root, "runtime/logic/context.ts"), path.join(dist, "logic.d.ts"));
await chmod(path.join(dist, "stk.js"), 0o755);
const inputs = built.flatMap(({ metafile }) => Object.keys(metafile.inputs));
await writeFile(path.join(dist, "licenses.txt"), await licensesOf(inputs));

const written = new Set([
  "logic.d.ts",
  "licenses.txt",
  ...built.flatMap(({ metafile }) => Object.keys(metafile.outputs)).map((file) => path.basename(file)),
]);
const stale = (await readdir(dist)).filter((name) => !written.has(name));
await Promise.all(stale.map((name) => rm(path.join(dist, name), { recursive: true })));
