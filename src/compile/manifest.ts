import packageFile from "../../package.json" with { type: "json" };
import { formatVersion, type Logic, type Manifest } from "../../schema/manifest.ts";
import type { Project } from "../project/project.ts";
import type { Answer } from "./ask.ts";
import type { Catalog } from "./catalog.ts";
import type { Declaration } from "./declare.ts";
import { compilePermissions } from "./permissions.ts";
import { withTypes } from "./schema-answer.ts";
import { compileConnections, compileIssuers, compileServer, neededVariables } from "./settings.ts";

/** The parts of a project that was found valid. `parameterTypes` is by connection and type as written. */
export type ManifestParts = {
  project: Project;
  catalog: Catalog;
  schemas: readonly (readonly [string, Declaration])[];
  answers: ReadonlyMap<string, Answer>;
  calls: readonly (readonly [string, Logic | undefined])[];
  parameterTypes: ReadonlyMap<string, string>;
};

/** Puts the manifest together. */
export function assembleManifest({
  project,
  catalog,
  schemas,
  answers,
  calls,
  parameterTypes,
}: ManifestParts): Manifest {
  const logic = Object.fromEntries(
    calls.flatMap(([path, call]) =>
      call === undefined ? [] : [[path, withParameterTypes(call, parameterTypes)] as const],
    ),
  );
  const connections = compileConnections(project.connections?.value ?? {});
  const issuers = compileIssuers(project.auth?.value ?? {});
  const server = compileServer(project.server?.value ?? {});
  return {
    formatVersion,
    santokit: packageFile.version,
    name: project.settings.value.name,
    connections,
    schema: Object.fromEntries(
      schemas.map(([name, { schema }]) => {
        const answer = answers.get(name);
        return [name, answer === undefined ? schema : withTypes(schema, answer.rehearsal)] as const;
      }),
    ),
    roles: [...new Set(project.permissions?.value.roles)].sort(),
    permissions: compilePermissions(project.permissions?.value ?? {}, catalog),
    issuers,
    server,
    logic,
    environment: neededVariables({ connections, issuers, server, logic }),
  };
}

const withParameterTypes = (logic: Logic, types: ReadonlyMap<string, string>): Logic => ({
  ...logic,
  params: Object.fromEntries(
    Object.entries(logic.params).map(([name, declaration]) => {
      const type = types.get(`${logic.connection} ${declaration.type}`) ?? declaration.type;
      return [name, { ...declaration, type }] as const;
    }),
  ),
});
