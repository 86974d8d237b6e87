import { describe, expect, it } from "vitest";
import { createBridge } from "../../runtime/bridge.ts";
import { serverSettings } from "../../runtime/server-settings.ts";
import type { Manifest } from "../../schema/manifest.ts";
import { neededVariables } from "../../src/compile/settings.ts";
import { manifestOf } from "./manifest.ts";

const server: Manifest["server"] = {
  limits: {
    bodyBytes: { env: "BODY" },
    bodiesBytes: { env: "BODIES" },
    answerBytes: { env: "ANSWER" },
    answersBytes: { env: "ANSWERS" },
    depth: { env: "DEPTH" },
    rows: { env: "ROWS" },
    timeMs: { env: "TIME" },
    concurrency: { env: "CONCURRENCY" },
    connections: { env: "CONNECTIONS" },
  },
  cors: {
    origins: [{ env: "ORIGINS" }],
    credentials: { env: "CREDENTIALS" },
    allowHeaders: [{ env: "HEADERS" }],
    exposeHeaders: [],
    maxAgeMs: { env: "MAX_AGE" },
  },
  drainMs: { env: "DRAIN" },
};
const environment = {
  BODY: "64kb",
  BODIES: "1mb",
  ANSWER: "2mb",
  ANSWERS: "1mb",
  DEPTH: "7",
  ROWS: " 50 ",
  TIME: "2s",
  CONCURRENCY: "3",
  CONNECTIONS: "9",
  ORIGINS: "https://a.example,https://b.example",
  CREDENTIALS: "true",
  HEADERS: "x-a, x-b",
  MAX_AGE: "1h",
  DRAIN: "500ms",
};
const names = Object.keys(environment);
const settled = manifestOf({ server });
const manifest = {
  ...settled,
  environment: neededVariables(settled).filter(({ name }) => names.includes(name)),
};
const boot = (change: Record<string, string>) =>
  createBridge({
    manifest,
    modulesRoot: "/nowhere",
    environment: { DATABASE_URL: "postgres://a@127.0.0.1:1/b", ...change },
  });

describe("settings of the server in variables", () => {
  it("are read as the file's own values are", () => {
    expect(serverSettings(server, environment)).toEqual({
      limits: {
        bodyBytes: 65_536,
        bodiesBytes: 1_048_576,
        answerBytes: 2_097_152,
        answersBytes: 2_097_152, // no less than one answer
        depth: 7,
        rows: 50,
        timeMs: 2_000,
        concurrency: 3,
        connections: 9,
      },
      cors: {
        origins: ["https://a.example", "https://b.example"],
        credentials: true,
        allowHeaders: ["x-a", "x-b"],
        exposeHeaders: [],
        maxAgeMs: 3_600_000,
      },
      drainMs: 500,
    });
  });

  it("that are wrong are all named before the Bridge serves, and none is shown", async () => {
    const wrong = {
      BODY: "hunter2",
      BODIES: "all",
      ANSWER: "1tb",
      ANSWERS: "-1kb",
      DEPTH: "0",
      ROWS: "many",
      TIME: "2",
      CONCURRENCY: "-1",
      CONNECTIONS: "0",
      ORIGINS: "https://a.example,hunter2",
      CREDENTIALS: "yes",
      HEADERS: "x a",
      MAX_AGE: "1w",
      DRAIN: "0s",
    };
    const failure = await boot(wrong).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: "invalid_variable" });
    const message = failure instanceof Error ? failure.message : "";
    for (const name of names) expect(message).toContain(name);
    expect(message).toContain("ORIGINS, item 2");
    expect(message).toContain("DEPTH: write a whole number from 1 to 100");
    expect(message).not.toContain("hunter2");
  });

  it("that are missing are all named", async () => {
    await expect(boot({ BODY: "1kb" })).rejects.toMatchObject({
      code: "missing_variables",
      details: { missing: names.filter((name) => name !== "BODY").sort() },
    });
  });

  it("may be empty where they are lists, and nowhere else", async () => {
    const bridge = await boot({ ...environment, ORIGINS: "", HEADERS: "" });
    await bridge.close();
    await expect(boot({ ...environment, ORIGINS: "", TIME: "" })).rejects.toMatchObject({
      code: "missing_variables",
      details: { missing: ["TIME"] },
    });
  });

  it("cannot let every page send cookies", async () => {
    await expect(boot({ ...environment, ORIGINS: "*" })).rejects.toThrow(/credentials and \*/);
  });

  it("may be missing in development, where the defaults hold", async () => {
    const bridge = await boot({ STK_DISABLE_AUTH: "true" });
    await bridge.close();
  });

  it("may say that there is no lameduck", () => {
    const declared = { ...server, lameduckMs: { env: "LAMEDUCK" } };
    expect(serverSettings(declared, { ...environment, LAMEDUCK: "0s" }).lameduckMs).toBe(0);
    expect(() => serverSettings(declared, { ...environment, LAMEDUCK: "0" })).toThrow("or 0s for none");
    expect(() => serverSettings(declared, { ...environment, DRAIN: "0s" })).toThrow("DRAIN: ");
  });
});
