import { z } from "zod";
import { algorithms } from "./auth.ts";
import { declaredSchema } from "./declared.ts";
import { access, parameterDeclaration, returns } from "./logic.ts";
import { predicate, scalar } from "./predicate.ts";

/** The one version of the format that this release of stk writes and this Bridge reads. */
export const formatVersion = 2;

/** A value that stands in the manifest, or the variable of the environment that holds it at boot. */
export const setting = z.union([z.string(), z.strictObject({ env: z.string() })]);
export type Setting = z.infer<typeof setting>;

const connection = z.strictObject({
  engine: z.literal("postgres"),
  url: z.strictObject({ env: z.string() }),
  pool: z.int(),
  statementTimeoutMs: z.int(),
  connectTimeoutMs: z.int(),
  lifetimeMs: z.int().optional(),
  idleMs: z.int().optional(),
  keepaliveMs: z.int().optional(),
  /** Whether the Bridge is ready without it. */
  optional: z.literal(true).optional(),
  raises: z.array(z.string()).optional(),
});

const issuer = z.strictObject({
  issuer: setting,
  jwks: setting,
  audience: z.array(z.string()).min(1),
  algorithms: z.array(z.enum(algorithms)).min(1),
  claims: z.strictObject({ id: z.string(), roles: z.string() }),
  /** The declared roles that it may give; all without it. */
  roles: z.array(z.string()).optional(),
  clockToleranceMs: z.int(),
});
export type Issuer = z.infer<typeof issuer>;

/** A value of `config/server.yaml`, or the variable that holds its text at boot. */
const settable = <T extends z.ZodType>(value: T) => z.union([value, z.strictObject({ env: z.string() })]);

const server = z.strictObject({
  limits: z.strictObject({
    bodyBytes: settable(z.int()),
    bodiesBytes: settable(z.int()),
    answerBytes: settable(z.int()),
    answersBytes: settable(z.int()),
    depth: settable(z.int()),
    rows: settable(z.int()),
    timeMs: settable(z.int()),
    concurrency: settable(z.int()),
    connections: settable(z.int()),
  }),
  cors: z
    .strictObject({
      /** Each an origin, or a variable that holds some with commas between; so are the headers. */
      origins: z.array(setting),
      credentials: settable(z.boolean()),
      allowHeaders: z.array(setting),
      exposeHeaders: z.array(setting),
      maxAgeMs: settable(z.int()),
    })
    .optional(),
  log: z
    .strictObject({
      slowMs: settable(z.int()).optional(),
      caller: settable(z.boolean()),
      address: setting.optional(),
    })
    .optional(),
  /** In production `defaults.lameduckMs` where it is absent, in development none. */
  lameduckMs: settable(z.int()).optional(),
  drainMs: settable(z.int()),
});

const columns = z.array(z.string());
const set = z.record(z.string(), z.union([scalar, z.strictObject({ sql: z.string() })]));

/** What one role may do. Absent `where` and `check`: every row. `columns` is always spelled out. */
export const selectRule = z.strictObject({ columns, where: predicate.optional() });
export const insertRule = z.strictObject({ columns, set, check: predicate.optional() });
export const updateRule = z.strictObject({
  columns,
  set,
  where: predicate.optional(),
  check: predicate.optional(),
});
export const deleteRule = z.strictObject({ where: predicate.optional() });
export type SelectRule = z.infer<typeof selectRule>;
export type InsertRule = z.infer<typeof insertRule>;
export type UpdateRule = z.infer<typeof updateRule>;
export type DeleteRule = z.infer<typeof deleteRule>;

/** The rules of one table by operation, then by role. */
export const tablePermissions = z.strictObject({
  select: z.record(z.string(), selectRule).optional(),
  insert: z.record(z.string(), insertRule).optional(),
  update: z.record(z.string(), updateRule).optional(),
  delete: z.record(z.string(), deleteRule).optional(),
});
export type TablePermissions = z.infer<typeof tablePermissions>;

/** Where a bound value of a statement comes from. */
export const binding = z.discriminatedUnion("from", [
  z.strictObject({ from: z.literal("param"), name: z.string() }),
  z.strictObject({ from: z.literal("user"), name: z.enum(["id", "roles", "issuer"]) }),
  z.strictObject({ from: z.literal("claim"), name: z.string() }),
]);
export type Binding = z.infer<typeof binding>;

/**
 * One SQL statement: `$1` is the first of `bindings`, whose Postgres type is the first of `types`. `places` are offsets in
 * `sql` with the line and the column of the file that stand there, from 1.
 */
export const statement = z.strictObject({
  sql: z.string(),
  bindings: z.array(binding),
  types: z.array(z.string()),
  result: z.array(z.strictObject({ name: z.string(), type: z.string() })),
  places: z.array(z.tuple([z.int(), z.int(), z.int()])).optional(),
});
export type Statement = z.infer<typeof statement>;

const sharedLogic = {
  access,
  params: z.record(z.string(), parameterDeclaration),
  connection: z.string(),
};

/** One custom call. SQL runs its statements in one transaction; the last one's result is the answer. */
export const logic = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("sql"),
    ...sharedLogic,
    statements: z.array(statement).min(1),
    returns,
    /** Whether it runs in a transaction that refuses writes, and again where its connection was lost. */
    readOnly: z.boolean().optional(),
    cacheMs: z.int().optional(),
  }),
  z.strictObject({
    kind: z.literal("module"),
    ...sharedLogic,
    file: z.string(),
    env: z.array(z.string()),
  }),
]);
export type Logic = z.infer<typeof logic>;
export type SqlLogic = Extract<Logic, { kind: "sql" }>;
export type ModuleLogic = Extract<Logic, { kind: "module" }>;

/** A variable of the environment that the release needs at boot. */
const neededVariable = z.strictObject({ name: z.string(), usedBy: z.array(z.string()) });

/**
 * `manifest.json`: a whole project, compiled. The Bridge reads nothing else but the modules it names.
 * Column types are Postgres' own spelling (`format_type`).
 */
export const manifest = z.strictObject({
  formatVersion: z.literal(formatVersion),
  santokit: z.string(),
  name: z.string(),
  connections: z.record(z.string(), connection),
  schema: z.record(z.string(), declaredSchema),
  roles: z.array(z.string()),
  permissions: z.record(z.string(), z.record(z.string(), tablePermissions)),
  issuers: z.array(issuer),
  server,
  logic: z.record(z.string(), logic),
  environment: z.array(neededVariable),
});
export type Manifest = z.infer<typeof manifest>;
