import { CallError } from "../error.ts";

/** A write to a table, as far as its answer can be given again. */
export type TableWrite = { readonly path: string; readonly primaryKey: readonly string[] };

/** What is kept of a write: the primary keys of the rows that were given back; none where these were not among them. */
type Kept = { readonly count: number; readonly keys: readonly (readonly unknown[])[] };

/** Makes a call of the same caller. */
type Call = (path: string, params: object) => Promise<string>;

const keysAtOnce = 50;

/** What to keep of a write's answer: no value of a row but its key, since what its reader may see can change. */
export function keepWrite(answer: string, { primaryKey }: TableWrite): string {
  const { count, rows }: { count: number; rows: Readonly<Record<string, unknown>>[] } = JSON.parse(answer);
  const keys = rows
    .map((row) => primaryKey.map((name) => (Object.hasOwn(row, name) ? row[name] : null)))
    .filter((key) => key.length > 0 && !key.includes(null));
  return JSON.stringify({ count, keys } satisfies Kept);
}

/** The answer to a write again: its count, and its rows as they are now, as far as the caller may read them now. */
export async function repeatWrite(
  kept: string,
  { path, primaryKey }: TableWrite,
  params: unknown,
  call: Call,
): Promise<string> {
  const { count, keys }: Kept = JSON.parse(kept);
  const select = path.replace(/\/[^/]*$/, "/select");
  const columns = columnsOf(params);
  const rows: string[] = [];
  for (let at = 0; at < keys.length; at += keysAtOnce) {
    const where = conditionOf(primaryKey, keys.slice(at, at + keysAtOnce));
    const orderBy = primaryKey.map((column) => ({ column }));
    const list = await call(select, { where, orderBy, ...(columns === undefined ? {} : { columns }) }).catch(
      unreadable,
    );
    if (list !== "[]") rows.push(list.slice(1, -1));
  }
  return `{"count":${count},"rows":[${rows.join(",")}]}`;
}

const columnsOf = (params: unknown): unknown =>
  typeof params === "object" && params !== null && "columns" in params ? params.columns : undefined;

/** One of the keys, as the `where` of a select. */
function conditionOf(primaryKey: readonly string[], keys: Kept["keys"]): object {
  const [only] = primaryKey;
  if (primaryKey.length === 1 && only !== undefined) return { [only]: { in: keys.map(([value]) => value) } };
  return { or: keys.map((key) => Object.fromEntries(primaryKey.map((name, index) => [name, key[index]]))) };
}

/** Whoever may write and not read gets no rows. */
function unreadable(error: unknown): string {
  if (error instanceof CallError && ["forbidden", "unauthenticated", "not_found"].includes(error.code))
    return "[]";
  throw error;
}
