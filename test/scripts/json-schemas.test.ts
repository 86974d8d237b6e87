import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";

const root = path.resolve(import.meta.dirname, "../..");

const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
addFormats.default(ajv);

const schemaLine = /^# yaml-language-server: \$schema=(.+)$/m;

function validatorOf(name: string): ValidateFunction {
  const schema = z
    .record(z.string(), z.unknown())
    .parse(JSON.parse(readFileSync(path.join(root, "schema/json", `${name}.json`), "utf8")));
  return ajv.getSchema(String(schema.$id)) ?? ajv.compile(schema);
}

const files = globSync("examples/*/{stk.yaml,schema/*.yaml,config/*.yaml}", { cwd: root }).sort();

describe("the example projects, as an editor checks them", () => {
  it("are found", () => expect(files.length).toBeGreaterThan(5));

  it.each(files)("%s names its schema, and meets it", (file) => {
    const text = readFileSync(path.join(root, file), "utf8");
    const named = path.resolve(root, path.dirname(file), schemaLine.exec(text)?.[1] ?? "none");
    expect(path.dirname(named)).toBe(path.join(root, "schema/json"));
    const validate = validatorOf(path.basename(named, ".json"));
    validate(parse(text));
    expect(validate.errors ?? []).toEqual([]);
  });
});

const where = (predicate: unknown) => ({ tables: { tasks: { select: { member: { where: predicate } } } } });

describe("a rule's condition", () => {
  const validate = validatorOf("permissions");

  it.each([
    [{ owner_id: "$user.id" }],
    [
      {
        or: [
          { status: { in: ["open"] } },
          { not: { exists: { table: "members", where: { id: "$row.id" } } } },
        ],
      },
    ],
  ])("may be %j", (predicate) => {
    expect(validate(where(predicate)), JSON.stringify(validate.errors)).toBe(true);
  });

  it.each([
    [{ or: { status: "open" } }],
    [{ status: { equals: "open" } }],
    [{ or: [{ and: [{ not: { status: ["open"] } }] }] }],
    [{ exists: { table: "members" } }],
  ])("may not be %j", (predicate) => {
    expect(validate(where(predicate))).toBe(false);
  });
});

describe("what the formats refuse", () => {
  it.each([
    ["stk", { name: "Help Desk" }],
    ["stk", { name: "helpdesk", platform: [] }],
    ["schema", { tables: { tasks: { columns: { id: { typ: "uuid" } } } } }],
    ["schema", { tables: { tasks: { columns: { id: { type: "uuid", onDelete: "explode" } } } } }],
    ["connections", { main: { url: "postgres://app:secret@localhost/app" } }],
    ["auth", { issuers: [{ issuer: "https://id.example", jwks: "https://id.example/jwks" }] }],
    ["server", { limits: { body: "1 MB" } }],
    ["environments", { prod: { url: "x" } }],
    ["sql-logic", { params: {} }],
    ["module-logic", { access: "everybody" }],
    ["manifest", { formatVersion: 3 }],
    ["call", { params: {} }],
  ])("the schema of %s refuses too: %j", (name, value) => {
    expect(validatorOf(name)(value)).toBe(false);
  });
});
