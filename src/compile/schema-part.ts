import type { Project } from "../project/project.ts";

const files = /^(?:stk\.yaml|schema\/|config\/(?:connections|environments)\.yaml)/;

/** What of a project says how its databases are made: a mistake in a permission or in logic is not in their way. */
export const schemaPart = (project: Project): Project => ({
  ...project,
  permissions: undefined,
  auth: undefined,
  server: undefined,
  logic: [],
  seeds: [],
  diagnostics: project.diagnostics.filter(({ file }) => files.test(file)),
});
