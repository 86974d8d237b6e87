import { z } from "zod";
import { keyForm } from "./idempotency-key.ts";
import { columnName } from "./names.ts";
import { predicate } from "./predicate.ts";

/**
 * The body of `POST /call`. The answer to a call that went well is `{ data }`, and `more: true` beside it where a select
 * without `limit` has more rows than it gives.
 */
export const callRequest = z.strictObject({
  path: z.string().min(1).max(200),
  params: z.record(z.string(), z.unknown()).optional(),
  key: z.string().regex(keyForm).optional(),
});
export type CallRequest = z.infer<typeof callRequest>;

const columns = z.array(columnName).min(1).max(1_600);
const row = z.record(columnName, z.unknown());

/** One sort key; nulls come last when ascending and first when descending, as in Postgres. */
export const sortKey = z.strictObject({
  column: columnName,
  direction: z.enum(["asc", "desc"]).optional(),
  nulls: z.enum(["first", "last"]).optional(),
});

/** The params of `db/{connection}/{table}/select`. Answers the list of rows. */
export const selectParams = z.strictObject({
  columns: columns.optional(),
  where: predicate.optional(),
  orderBy: z.array(sortKey).max(16).optional(),
  limit: z.int().min(0).optional(),
  offset: z.int().min(0).optional(),
});

/** The params of `.../insert`. Answers `{ count, rows }`. */
export const insertParams = z.strictObject({
  values: z.union([row, z.array(row).min(1)]),
  columns: columns.optional(),
});

/** The params of `.../update`: at least one condition, at least one column. Answers `{ count, rows }`. */
export const updateParams = z.strictObject({ where: predicate, set: row, columns: columns.optional() });

/** The params of `.../delete`: at least one condition. Answers `{ count, rows }`. */
export const deleteParams = z.strictObject({ where: predicate, columns: columns.optional() });

/** The answer to a write: how many rows were written, and those of them that the caller may read. */
export type WriteResult = { count: number; rows: Record<string, unknown>[] };

/*
 * Values as JSON. No digit is lost: what can be read can be written, and is the same then.
 *
 *   smallint, integer, real, double precision   number (NaN and the infinities: string)
 *   bigint, numeric, money                      string
 *   boolean                                     boolean
 *   json, jsonb                                 the value itself, as Postgres' own text of it
 *   timestamp with time zone                    RFC 3339 in UTC: 2026-11-21T02:19:42.123456Z
 *   timestamp, date, time                       ISO 8601; the end of a day is 24:00:00
 *   bytea                                       base64
 *   a domain                                    as the type that it is over
 *   arrays                                      array; of json and jsonb always of one dimension
 *   tsrange, tstzrange and their multiranges    Postgres' own text, each bound as a timestamp is written
 *   everything else                             Postgres' own text
 *
 * A year before Christ is Postgres' own text (0044-03-15 12:00:00+00 BC), and so is infinity. Going in, a number may
 * be a number or a string; json keeps the order, the duplicates and the spaces that were sent.
 *
 * null is SQL's NULL. A bare null of json or jsonb is read as null too, and what writes null writes NULL. Within json
 * null is null. Times within json are as Postgres' to_jsonb writes them: 2026-11-21T02:19:42.123456+00:00.
 */
