import type { Manifest } from "../../schema/manifest.ts";

/** One call that a release answers, and who may make it. */
export type CallFacts = { path: string; access: string[] };

/** What a release serves and needs, for people and programs. */
export type ManifestFacts = {
  name: string;
  formatVersion: number;
  santokit: string;
  connections: { name: string; urlFrom: string; tables: string[] }[];
  calls: CallFacts[];
  environment: { name: string; usedBy: string[] }[];
};

/** Sums up a manifest. A table's call is listed where some role may make it. */
export function manifestFacts(manifest: Manifest): ManifestFacts {
  const tables = Object.entries(manifest.permissions).flatMap(([connection, byTable]) =>
    Object.entries(byTable).flatMap(([table, rules]) =>
      Object.entries(rules).map(([operation, byRole]) => ({
        path: `db/${connection}/${table}/${operation}`,
        access: Object.keys(byRole ?? {}).sort(),
      })),
    ),
  );
  const logic = Object.entries(manifest.logic).map(([path, { access }]) => ({
    path,
    access: typeof access === "string" ? [access] : [...access].sort(),
  }));
  return {
    name: manifest.name,
    formatVersion: manifest.formatVersion,
    santokit: manifest.santokit,
    connections: Object.entries(manifest.connections).map(([name, { url }]) => ({
      name,
      urlFrom: url.env,
      tables: Object.keys(manifest.schema[name]?.tables ?? {}).sort(),
    })),
    calls: [...tables, ...logic].filter(({ access }) => access.length > 0).sort(byPath),
    environment: manifest.environment.map(({ name, usedBy }) => ({ name, usedBy: [...usedBy] })),
  };
}

const byPath = (a: CallFacts, b: CallFacts): number => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0);
