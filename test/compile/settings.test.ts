import { describe, expect, it } from "vitest";
import { connectionsFile } from "../../schema/connections.ts";
import { serverFile } from "../../schema/server.ts";
import { compileConnections, compileServer, neededVariables } from "../../src/compile/settings.ts";

describe("config/connections.yaml", () => {
  it("says how long sessions live, and has good defaults", () => {
    const { main, other } = compileConnections(
      connectionsFile.parse({
        main: { url: "${A}" },
        other: { url: "${B}", lifetime: "1h", idle: "30s", keepalive: "10s" },
      }),
    );
    expect(main).toMatchObject({ lifetimeMs: 1_800_000, idleMs: 300_000, keepaliveMs: 30_000 });
    expect(other).toMatchObject({ lifetimeMs: 3_600_000, idleMs: 30_000, keepaliveMs: 10_000 });
  });
});

describe("config/server.yaml", () => {
  it("takes ${NAME} for every value, and says at build time what the release needs", () => {
    const file = {
      limits: {
        body: "${BODY}",
        depth: "${DEPTH}",
        rows: "${ROWS}",
        time: "${TIME}",
        concurrency: "${CONCURRENCY}",
      },
      cors: {
        origins: ["https://a.example", "${ORIGIN}"],
        credentials: "${CREDENTIALS}",
        allowHeaders: "${HEADERS}",
        exposeHeaders: ["${EXPOSED}"],
        maxAge: "${MAX_AGE}",
      },
      drain: "${DRAIN}",
    };
    const server = compileServer(serverFile.parse(file));
    expect(server.cors?.origins).toEqual(["https://a.example", { env: "ORIGIN" }]);
    const needed = neededVariables({ connections: {}, issuers: [], logic: {}, server });
    expect(needed.map(({ name }) => name)).toEqual(
      [...JSON.stringify(file).matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name).sort(),
    );
    expect(needed).toContainEqual({ name: "TIME", usedBy: ["server.limits.timeMs"] });
  });

  it("has its defaults where it says nothing", () => {
    expect(compileServer(serverFile.parse({ cors: { origins: "${ORIGINS}" } }))).toMatchObject({
      limits: { rows: 1_000, timeMs: 15_000 },
      cors: { origins: [{ env: "ORIGINS" }], credentials: false, maxAgeMs: 600_000 },
    });
  });

  it("may have no lameduck, and no other time that is zero", () => {
    expect(compileServer(serverFile.parse({ lameduck: "0s" })).lameduckMs).toBe(0);
    for (const file of [
      { drain: "0s" },
      { limits: { time: "0s" } },
      { log: { slow: "0s" } },
      { lameduck: "0" },
    ])
      expect(serverFile.safeParse(file).success).toBe(false);
  });

  it.each([
    [{ limits: { rows: "${rows}" } }],
    [{ limits: { time: "${TIME:-1s}" } }],
    [{ cors: { origins: ["https://*.com"] } }],
    [{ cors: { origins: [] } }],
    [{ cors: { origins: ["*"], credentials: true } }],
    [{ cors: { origins: ["https://a.example"], allowHeaders: ["*"] } }],
  ])("is refused: %j", (file) => {
    expect(serverFile.safeParse(file).success).toBe(false);
  });
});
