/** Storage parameters by name; those of a table's TOAST table with the prefix `toast.`. */
export type StorageParameters = Readonly<Record<string, string>>;

/** What stands in the parentheses of WITH and of SET: `fillfactor = 70, autovacuum_enabled = 'off'`. */
export const storageList = (storage: StorageParameters): string =>
  Object.entries(storage)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name} = ${valueSql(value)}`)
    .join(", ");

const valueSql = (value: string): string =>
  /^(?:-?\d+(?:\.\d+)?|true|false)$/.test(value) ? value : `'${value.replaceAll("'", "''")}'`;

/** What follows a table's columns in CREATE TABLE: how its rows are divided, then its storage parameters. */
export const tableClauses = ({
  partitionBy,
  storage,
}: {
  partitionBy?: string | undefined;
  storage?: StorageParameters | undefined;
}): string =>
  [
    partitionBy === undefined ? "" : ` partition by ${partitionBy}`,
    storage === undefined ? "" : ` with (${storageList(storage)})`,
  ].join("");
