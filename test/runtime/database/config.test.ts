import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, expect, it, onTestFinished, vi } from "vitest";
import { type SessionConfig, sessionConfig } from "../../../runtime/database/config.ts";

afterEach(() => vi.unstubAllGlobals());

const configOf = (url: string): SessionConfig =>
  sessionConfig("main", { url, pool: 1, statementTimeoutMs: 1_000, connectTimeoutMs: 1_000 });

it("takes a URL apart once: whoever replaces what reads URLs gets no password from a later session", () => {
  const { targets } = configOf("postgres://ada@a:1,b:2/shop?password=secret");
  const refuse = () => {
    throw new Error("A URL is parsed again.");
  };
  vi.stubGlobal("URL", refuse);
  vi.stubGlobal("URLSearchParams", refuse);
  vi.stubGlobal("decodeURIComponent", refuse);
  const configs = targets.map(({ config }) => config());
  vi.unstubAllGlobals();
  expect(configs).toMatchObject([
    { user: "ada", password: "secret", host: "a", port: 1, database: "shop" },
    { user: "ada", password: "secret", host: "b", port: 2, database: "shop" },
  ]);
});

it("reads the files that a URL names for each session, so that certificates can be renewed", async () => {
  const directory = await mkdtemp(path.join(tmpdir(), "santokit-files-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const file = path.join(directory, "ca.pem");
  const { targets } = configOf(`postgres://ada@a/shop?sslmode=verify-full&sslrootcert=${file}`);
  const config = () => targets[0]?.config();
  expect(config).toThrow("ENOENT");
  for (const name of ["first", "second"]) {
    const ca = `-----BEGIN CERTIFICATE-----\n${name}\n-----END CERTIFICATE-----\n`;
    await writeFile(file, ca);
    expect(config()).toMatchObject({ ssl: { ca } });
  }
});

it.each([
  ["ssl=no-verify", { rejectUnauthorized: false }],
  ["ssl=true", true],
  ["ssl=0", false],
  ["sslmode=require", {}],
  ["sslmode=disable", false],
])("encrypts as the URL says: %s", (query, ssl) => {
  expect(configOf(`postgres://ada@a/shop?${query}`).targets[0]?.config().ssl).toEqual(ssl);
});
