import { expect, it } from "vitest";
import { compileProject } from "../../../src/compile/compile-project.ts";
import { readProject } from "../../../src/project/read-project.ts";
import { sharedShadow } from "../../database/shared-shadow.ts";
import { projectDirectory } from "../../project/project-directory.ts";
import { databaseWith, user, worldOf } from "./world.ts";

/** Literals of a rule by the type of their column, as YAML. */
const accepted: readonly (readonly [type: string, value: string])[] = [
  ["timestamptz", "'2026-01-01T00:00:00Z'"],
  ["timestamptz", "'2026-01-01T00:00:00.123456+02:00'"],
  ["timestamptz", "'2026-01-01 00:00:00+00'"],
  ["timestamptz", "'0044-03-15 12:00:00+00 BC'"],
  ["timestamptz", "infinity"],
  ["timestamp", "'2026-01-01T00:00:00'"],
  ["timestamp", "'2026-01-01'"],
  ["date", "'2026-01-01'"],
  ["date", "'20260-01-01'"],
  ["time", "'24:00:00'"],
  ["timetz", "'12:00:00+02'"],
  ["interval", "'1 day'"],
  ["interval", "P1D"],
  ["inet", "10.0.0.1"],
  ["cidr", "10.0.0.0/8"],
  ["macaddr", "'08:00:2b:01:02:03'"],
  ["int4range", "'[1,3)'"],
  ["tstzrange", "'[2026-01-01,)'"],
  ["money", "'12.50'"],
  ["bytea", "YWJj"],
  ["bit(3)", "'101'"],
  ["varbit", "''"],
  ["jsonb", "x"],
  ["jsonb", "{ in: [1, true, x, null] }"],
  ["integer", "7"],
  ["integer", "'+7'"],
  ["bigint", "'9007199254740993'"],
  ["numeric", "{ gt: '0.10' }"],
  ["numeric", "NaN"],
  ["real", "{ lte: 1.5 }"],
  ["double precision", "'-Infinity'"],
  ["uuid", "'{a0000000-0000-4000-8000-000000000001}'"],
  ["uuid", "A0000000000040008000000000000001"],
  ["text[]", "'{a,b}'"],
  ["int[]", "{ ne: '{1}' }"],
  ["small", "7"],
  ["small", "$claims.n"],
  ["own_mood", "calm"],
  ["own_mood", "{ gt: calm, in: [cross] }"],
  ["nested_mood", "{ in: $claims.moods }"],
  ["nested_mood", "$claims.mood"],
  ["pair", "'(1,x)'"],
  ["tsvector", "'a b'"],
  ["pg_lsn", "0/0"],
  ["box", "'(1,1),(0,0)'"],
  ["xid8", "'5'"],
  ["inet", "{ in: $claims.addresses }"],
];

/** What Postgres would refuse in each call. */
const refused: readonly (readonly [type: string, value: string])[] = [
  ["timestamptz", "'2026-13-01T00:00:00Z'"],
  ["date", "'2026-02-30'"],
  ["time", "noon-ish"],
  ["interval", "banana"],
  ["inet", "'300.0.0.1'"],
  ["inet", "{ in: ['10.0.0.1', here] }"],
  ["cidr", "10.0.0.1/8"],
  ["int4range", "'[3,1)'"],
  ["money", "much"],
  ["bit(3)", "'102'"],
  ["integer", "3000000000"],
  ["smallint", "{ gte: 40000 }"],
  ["real", "'1e99'"],
  ["int[]", "'{a}'"],
  ["small", "x"],
  ["own_mood", "glad"],
  ["pair", "'(a,b)'"],
  ["json", "x"],
  ["json", "$claims.doc"],
  ["point", "'(1,2)'"],
  ["point", "$claims.point"],
  ["xml", "<a/>"],
];

const types = [...new Set([...accepted, ...refused].map(([type]) => type))];
const columnOf = (type: string): string => `c${types.indexOf(type)}`;
const columns = types.map((type) => `      ${columnOf(type)}: { type: "${type}" }\n`).join("");
const schema = `domains:
  small: { type: int, check: value < 100 }
  own_mood: { type: mood }
  nested_mood: { type: own_mood }
enums:
  mood: [calm, cross]
composites:
  pair: { attributes: { a: int, b: text } }
tables:
  t:
    columns:
      id: { type: int, primaryKey: true }
${columns}`;

/** One role for each literal. */
async function compiled(literals: typeof accepted) {
  const rules = literals.map(
    ([type, value], index) => `      r${index}: { where: { ${columnOf(type)}: ${value} } }\n`,
  );
  const roles = literals.map((_, index) => `r${index}`).join(", ");
  const files = {
    "schema/a.yaml": schema,
    "config/permissions.yaml": `roles: [${roles}]\ntables:\n  t:\n    select:\n${rules.join("")}`,
  };
  return compileProject(await readProject(projectDirectory(files)), { openShadow: sharedShadow });
}

it("a literal of a rule that a build lets through is one that every call of the Bridge can use", async () => {
  const { manifest, diagnostics } = await compiled(accepted);
  expect(diagnostics).toEqual([]);
  if (manifest === undefined) throw new Error("There is no manifest.");
  const own =
    "create domain small as int check (value < 100); create type pair as (a int, b text); " +
    "create type mood as enum ('calm', 'cross'); create domain own_mood as mood; create domain nested_mood as own_mood;";
  const made = types.map((type) => `${columnOf(type)} ${type}`).join(", ");
  const { database, close } = await databaseWith(`${own} create table t (id int primary key, ${made});`);
  const { main: declared } = manifest.schema;
  if (declared === undefined) throw new Error("Nothing is declared.");
  const world = worldOf(database, declared, manifest.permissions.main ?? {});
  try {
    for (const [index, literal] of accepted.entries()) {
      const claims = { n: 7, moods: ["calm"], mood: "calm", addresses: ["10.0.0.1"] };
      const answer = world.call("t/select", {}, user("u", [`r${index}`], claims)).catch(String);
      expect([literal, await answer]).toEqual([literal, []]);
    }
  } finally {
    await close();
  }
});

it("a literal of a rule that Postgres cannot read or compare is refused by the build, where it stands", async () => {
  const { diagnostics } = await compiled(refused);
  const rules = 5;
  expect(diagnostics.map(({ code, line }) => [code, ...(refused[line - rules] ?? [])])).toEqual(
    refused.map((literal) => ["invalid_value", ...literal]),
  );
});
