import { join } from "node:path";
import { z } from "zod";
import { type DeclaredSchema, objectKinds } from "../../schema/declared.ts";
import { cacheFiles } from "../core/cache-file.ts";
import { digestOf } from "../core/digest.ts";
import { pgliteVersion } from "../database/pglite-version.ts";
import type { Rehearsal } from "../database/shadow/rehearsal.ts";
import type { Shadow } from "../database/shadow/shadow.ts";

/** Raised when the same question would be answered in another way. */
const version = 4;

const sqlProblem = z.strictObject({
  sqlstate: z.string(),
  message: z.string(),
  position: z.number().exactOptional(),
  hint: z.string().exactOptional(),
  detail: z.string().exactOptional(),
});

const rehearsal = z.strictObject({
  problems: z.array(
    z.strictObject({
      of: z.strictObject({
        kind: z.enum([
          ...(["enum", "table", "column", "primaryKey", "unique", "check", "exclusion", "index"] as const),
          ...(["foreignKey", "comment", ...objectKinds] as const),
        ]),
        table: z.string().exactOptional(),
        name: z.string(),
      }),
      sql: z.string(),
      error: sqlProblem,
    }),
  ),
  columnTypes: z.record(z.string(), z.record(z.string(), z.string())),
  domains: z.record(z.string(), z.string()),
  descriptions: z.array(
    z.union([
      z.strictObject({
        parameterTypes: z.array(z.string()),
        columns: z.array(z.strictObject({ name: z.string(), type: z.string() })),
      }),
      z.strictObject({ error: sqlProblem }),
    ]),
  ),
});

/** A schema to make, and statements to describe against it. */
export type RehearsalRequest = { declared: DeclaredSchema; statements: readonly string[] };

/** Opens the Postgres that answers what the cache does not hold. */
export type OpenShadow = () => Promise<Shadow>;

/**
 * Has Postgres judge schemas and statements. What it said before of the same ones is read from the cache, so that a
 * project that did not change never starts it.
 */
export async function rehearseAll(
  requests: readonly RehearsalRequest[],
  directory: string,
  open: OpenShadow,
): Promise<Rehearsal[]> {
  const cache = cacheFiles<Rehearsal>(join(directory, "shadow"), rehearsal);
  const engine = pgliteVersion();
  const keyed = requests.map((request) => ({ request, key: keyOf(request, engine) }));
  const known = new Map(keyed.map(({ key }) => [key, cache.read(key)]));
  const unknown = keyed.filter(({ key }) => known.get(key) === undefined);
  if (unknown.length > 0) {
    const shadow = await open();
    try {
      for (const { request, key } of unknown) {
        const statements = request.statements.map((sql) => ({ sql }));
        const answer = await shadow.rehearse(request.declared, statements);
        cache.write(key, answer);
        known.set(key, answer);
      }
    } finally {
      await shadow.close();
    }
  }
  return keyed.flatMap(({ key }) => known.get(key) ?? []);
}

// The order of tables and columns is the order in which they are made, so the text is not canonical on purpose.
const keyOf = (request: RehearsalRequest, engine: string): string =>
  digestOf(JSON.stringify([version, engine, request])).slice("sha256:".length);
