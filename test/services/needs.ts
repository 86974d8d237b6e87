import { execa } from "execa";
import { beforeAll, describe, it } from "vitest";
import { askService } from "./ask.ts";
import { engineIsPossible } from "./engine-server.ts";
import { postgresPrograms } from "./postgres-server.ts";
import { inPath } from "./programs.ts";

const namespacesArePossible = async (): Promise<boolean> =>
  inPath("unshare") && !(await execa("unshare", ["--pid", "--fork", "true"], { reject: false })).failed;

/** What a test may need that `npm ci` does not bring. */
const services = {
  engine: { called: "a Docker engine", available: engineIsPossible },
  registry: { called: "docker-registry", available: async () => inPath("docker-registry") },
  skopeo: { called: "skopeo", available: async () => inPath("skopeo") },
  umoci: { called: "umoci", available: async () => inPath("umoci") },
  pgbouncer: { called: "PgBouncer", available: async () => inPath("pgbouncer") },
  haproxy: { called: "HAProxy", available: async () => inPath("haproxy") },
  nginx: { called: "nginx", available: async () => inPath("nginx") },
  namespaces: { called: "PID namespaces (unshare)", available: namespacesArePossible },
  postgres13: { called: "Postgres 13", available: async () => postgresPrograms(13) !== undefined },
  postgres14: { called: "Postgres 14", available: async () => postgresPrograms(14) !== undefined },
  postgres15: { called: "Postgres 15", available: async () => postgresPrograms(15) !== undefined },
} as const;

export type Service = keyof typeof services;

/**
 * A `describe` that needs services. Where one is missing its tests are left out and named in a banner at the end of
 * the run; with CI=true they fail.
 *
 * @example await describeWith(["engine", "registry"], "a pushed image", () => { it("runs", ...) });
 */
export async function describeWith(needs: readonly Service[], name: string, body: () => void): Promise<void> {
  const available = await Promise.all(needs.map((need) => services[need].available()));
  const missing = needs.filter((_, index) => !available[index]).map((need) => services[need].called);
  if (missing.length === 0) {
    describe(name, () => {
      if (needs.includes("engine")) beforeAll(() => askService("/engine"), 60_000);
      body();
    });
    return;
  }
  if (isContinuousIntegration()) {
    it(name, () => {
      throw new Error(`Needs ${missing.join(", ")}. On Debian, as root: test/services/install.sh`);
    });
    return;
  }
  await askService("/unmet", JSON.stringify({ name, missing }));
  describe.skip(name, body);
}

const isContinuousIntegration = (): boolean => ["true", "1"].includes(process.env.CI ?? "");
