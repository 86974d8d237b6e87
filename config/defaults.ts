/** What a project gets when its `config/*.yaml` does not say otherwise. Times in milliseconds, sizes in bytes. */
export const defaults = {
  connection: {
    pool: 10,
    statementTimeoutMs: 10_000,
    connectTimeoutMs: 5_000,
    lifetimeMs: 1_800_000,
    idleMs: 300_000,
    keepaliveMs: 30_000,
  },
  issuer: { algorithms: ["RS256", "ES256"], id: "sub", roles: "roles", clockToleranceMs: 5_000 },
  limits: {
    bodyBytes: 1_048_576,
    bodiesBytes: 32 * 1_024 ** 2,
    answerBytes: 8 * 1_024 ** 2,
    answersBytes: 64 * 1_024 ** 2,
    depth: 20,
    rows: 1_000,
    timeMs: 15_000,
    concurrency: 1_000,
    connections: 4_000,
  },
  cors: { maxAgeMs: 600_000 },
  lameduckMs: 3_000,
  drainMs: 5_000,
} as const;
