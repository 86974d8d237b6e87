import { expect, it } from "vitest";
import { inertImports, logicImports } from "../../../config/logic-imports.ts";
import { run, untilReady, useBridgeFile } from "../bridge-process.ts";
import { serveModules } from "../logic-process.ts";
import { manifestOf } from "../manifest.ts";

useBridgeFile();

const logic = (name: string) => ({
  [name]: {
    ...{ kind: "module", access: "public", params: {}, connection: "main", env: [] },
    file: `logic/${name}.mjs`,
  },
});

it.each(["Array.prototype.flat = () => [];", "Object.prototype.tap = () => 1;", "Promise.any = () => 1;"])(
  "names the module whose polyfill writes to what all share: %s",
  async (code) => {
    const bridge = await run(
      manifestOf(JSON.parse(JSON.stringify({ logic: logic("old") }))),
      { DATABASE_URL: "postgres://a@127.0.0.1:1/b" },
      { "logic/old.mjs": `${code} export default () => 1;` },
    );
    expect(await bridge.ended).toBe(1);
    expect(bridge.lines.find(({ level }) => level === "fatal")).toMatchObject({
      code: "invalid_module",
      reason: expect.stringContaining("logic/old.mjs could not be loaded: "),
      hint: expect.stringContaining("What all logic shares is frozen"),
    });
  },
  30_000,
);

it("leaves in the environment what Node and the driver read, and nothing that is declared", async () => {
  const bridge = await serveModules(
    { env: "export default () => Object.keys(process.env).sort()" },
    {
      environment: {
        ...{ PG_MAIN_URL: "a", NODE_SECRET: "b", HTTPS_PROXY: "http://a:b@c", PGPASSWORD: "d", TZ: "UTC" },
        PGAPPNAME: "e",
      },
    },
  );
  await untilReady(bridge);
  expect((await bridge.call("env")).body).toEqual({ data: ["PGAPPNAME", "TZ"] });
}, 30_000);

it("loads a package that names every module of Node that may be named, constants after crypto", async () => {
  const names = [...logicImports, ...inertImports].sort().reverse();
  const bridge = await serveModules({
    names: `${names.map((name) => `import "node:${name}";`).join("\n")} export default () => 1;`,
  });
  expect((await bridge.call("names")).body).toEqual({ data: 1 });
}, 30_000);
