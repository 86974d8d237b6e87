import type { Manifest } from "../../schema/manifest.ts";

const column = (type: string, nullable = false) => ({ type, nullable });

/** A small project: one table that everybody reads his own rows of, on one connection. */
export const manifestOf = (change: Partial<Manifest> = {}): Manifest => ({
  formatVersion: 2,
  santokit: "0.1.0",
  name: "notes",
  connections: {
    main: {
      engine: "postgres",
      url: { env: "DATABASE_URL" },
      pool: 4,
      statementTimeoutMs: 5_000,
      connectTimeoutMs: 2_000,
    },
  },
  schema: {
    main: {
      enums: { mood: ["calm", "cross"] },
      tables: {
        notes: {
          columns: {
            id: column("integer"),
            owner_id: column("text"),
            body: column("text"),
            mood: column("mood", true),
          },
          primaryKey: { name: "notes_pkey", columns: ["id"] },
          uniques: [],
          checks: [],
          foreignKeys: [],
          indexes: [],
        },
      },
    },
  },
  roles: ["editor"],
  permissions: {
    main: {
      notes: {
        select: {
          authenticated: { columns: ["id", "body"], where: { owner_id: "$user.id" } },
          editor: { columns: ["id", "owner_id", "body", "mood"] },
        },
        insert: {
          authenticated: { columns: ["id", "body"], set: { owner_id: "$user.id" } },
        },
      },
    },
  },
  issuers: [],
  server: {
    limits: {
      bodyBytes: 10_000,
      bodiesBytes: 1_000_000,
      answerBytes: 1_000_000,
      answersBytes: 10_000_000,
      depth: 5,
      rows: 100,
      timeMs: 2_000,
      concurrency: 50,
      connections: 1_000,
    },
    drainMs: 2_000,
  },
  logic: {},
  environment: [{ name: "DATABASE_URL", usedBy: ["config/connections.yaml"] }],
  ...change,
});

/** The SQL of {@link manifestOf}'s schema, with two rows of ada and one of bob. */
export const notesSql = `
  create type mood as enum ('calm', 'cross');
  create table notes (id integer primary key, owner_id text not null, body text not null, mood mood);
  insert into notes values (1, 'ada', 'one', 'calm'), (2, 'ada', 'two', null), (3, 'bob', 'three', 'cross');
`;
