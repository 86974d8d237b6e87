import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { beforeAll, expect, it, onTestFinished } from "vitest";
import { describeWith } from "./services/needs.ts";
import { freshDatabase } from "./services/postgres.ts";
import { startRegistry } from "./services/registry.ts";
import { temporaryDirectory } from "./services/temporary.ts";

const root = path.join(import.meta.dirname, "..");
const pages = ["README.md", ...readdirSync(path.join(root, "docs")).map((name) => `docs/${name}`)].filter(
  (name) => name.endsWith(".md"),
);

/** The commands of a page, in order; what installs the package itself is what runs this test. */
const commandsOf = (page: string): string =>
  [...readFileSync(path.join(root, page), "utf8").matchAll(/^```sh\n(.*?)^```$/gms)]
    .map(([, block = ""]) => block)
    .filter((block) => !block.startsWith("npm "))
    .join("\n");

// `npx stk` as this checkout has it. What serves until it is stopped goes on beside the commands that follow it.
const prelude = `
set -euo pipefail
servers=()
trap 'kill "\${servers[@]}" 2>/dev/null || true; wait' EXIT
npx() {
  shift
  case "$1" in
    dev|run)
      node "$STK" "$@" & servers+=($!)
      curl -sS -o /dev/null --fail --retry 120 --retry-all-errors --retry-delay 1 http://localhost:8080/readyz 2>/dev/null ;;
    *) node "$STK" "$@" ;;
  esac
}
# The registry of this test speaks no TLS.
skopeo() { command skopeo "$1" --src-tls-verify=false --dest-tls-verify=false "\${@:2}"; }
`;

const stk = path.join(root, "dist/stk.js");

await describeWith(["engine", "registry", "skopeo"], "the documentation", () => {
  /** The project of `stk init shop`, which was compiled once. */
  let shop: string;
  beforeAll(async () => {
    const directory = temporaryDirectory();
    await execa(process.execPath, [stk, "init", "shop"], { cwd: directory });
    shop = path.join(directory, "shop");
    await execa(process.execPath, [stk, "validate"], { cwd: shop });
  });

  it("has commands to run", () => {
    expect(pages.filter((page) => commandsOf(page) !== "").length).toBeGreaterThanOrEqual(8);
  });

  it("moves a tag with all platforms of its release, and by no other digest", () => {
    const moves = pages.flatMap((page) => commandsOf(page).match(/^skopeo copy .*$/gm) ?? []);
    expect(moves.length).toBeGreaterThan(0);
    for (const move of moves) expect(move).toMatch(/ --all .*--preserve-digests| --preserve-digests .*--all/);
  });

  it.each(pages.filter((page) => commandsOf(page) !== ""))(
    "%s: every command that it shows works, in its order",
    async (page) => {
      const [registry, database] = await Promise.all([startRegistry(), freshDatabase()]);
      const directory = temporaryDirectory();
      onTestFinished(async () => {
        await execa("docker", ["rm", "--force", "shop"], { reject: false });
        await Promise.all([registry.stop(), database.drop()]);
      });
      const commands = commandsOf(page).replaceAll("ghcr.io/", `${registry.host}/`);
      const project = commands.includes("stk init") ? "" : 'cp -r "$SHOP" .\ncd shop\n';

      const { exitCode, all } = await execa("bash", ["-c", `${prelude}${project}${commands}`], {
        cwd: directory,
        env: {
          STK: stk,
          SHOP: shop,
          DATABASE_URL: database.url,
          AUTH_ISSUER: "https://issuer.example.com",
          AUTH_JWKS_URL: "http://127.0.0.1:9/jwks.json",
        },
        all: true,
        reject: false,
        timeout: 170_000,
        stdin: "ignore",
      });

      expect(exitCode, all).toBe(0);
    },
    180_000,
  );
});
