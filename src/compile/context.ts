import { builtInRoles } from "../../schema/names.ts";
import { valueAt } from "../project/issue.ts";
import type { Project } from "../project/project.ts";
import type { Catalog } from "./catalog.ts";

/** What every rule judges by. */
export type Context = {
  project: Project;
  catalog: Catalog;
  /** The declared roles and the built-in ones. */
  roles: ReadonlySet<string>;
  /** The names in config/connections.yaml; undefined where that could not be read. */
  connections: ReadonlySet<string> | undefined;
};

/** The {@link Context} of a project. */
export function contextOf(project: Project, catalog: Catalog): Context {
  const written = project.connections?.raw;
  const roles = valueAt(project.permissions?.raw, ["roles"]);
  const names = typeof written === "object" && written !== null ? Object.keys(written) : undefined;
  return {
    project,
    catalog,
    roles: new Set([...builtInRoles, ...(Array.isArray(roles) ? roles.map(String) : [])]),
    connections: names === undefined ? undefined : new Set(names),
  };
}
