import { describe, expect, it } from "vitest";
import { serverFile } from "../../schema/server.ts";
import { compileServer, neededVariables } from "../../src/compile/settings.ts";

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
