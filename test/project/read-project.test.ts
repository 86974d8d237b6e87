import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { inReadingOrder } from "../../src/core/diagnostic.ts";
import { findProject } from "../../src/project/find-project.ts";
import { readProject } from "../../src/project/read-project.ts";
import { projectDirectory } from "./project-directory.ts";

const problemsOf = async (files: Readonly<Record<string, string | Uint8Array>>) =>
  inReadingOrder((await readProject(projectDirectory(files))).diagnostics);

describe("findProject", () => {
  it("finds the nearest project above", () => {
    const root = projectDirectory({ "a/b/c.txt": "" });
    expect(findProject(join(root, "a/b"))).toBe(root);
  });

  it("takes the directory that is named, and none above it", () => {
    const root = projectDirectory({ "services/billing/stk.yaml": "name: billing\n", "docs/page.md": "" });
    expect(findProject(root, "services/billing")).toBe(join(root, "services/billing"));
    expect(findProject("/", join(root, "services/billing"))).toBe(join(root, "services/billing"));
    for (const [named, message, hint] of [
      ["services/biling", /^There is no directory .*services\/biling\.$/, "Did you mean `billing`?"],
      ["services", /^There is no stk\.yaml in .*services\.$/, "Make a project with: stk init"],
      ["docs/page.md", /page\.md is no directory\.$/, "Name the directory that holds stk.yaml."],
      ["", /empty/, "Name the directory that holds stk.yaml."],
      ["docs/page.md/shop", /^There is no directory/, "Make a project with: stk init"],
      ["elsewhere/shop", /^There is no directory/, "Make a project with: stk init"],
    ] as const)
      expect(() => findProject(root, named)).toThrow(
        expect.objectContaining({ code: "project_not_found", message: expect.stringMatching(message), hint }),
      );
  });

  it("says how to make one where there is none", () => {
    expect(() => findProject("/")).toThrow(
      expect.objectContaining({ code: "project_not_found", hint: expect.stringContaining("stk init") }),
    );
  });
});

describe("readProject", () => {
  it("reads the calls of logic/, and passes over what is only imported", async () => {
    const project = await readProject(
      projectDirectory({
        "logic/users/get.sql": "---\naccess: public\n---\nselect 1 as one\n",
        "logic/now.ts": "// c\n/*---\naccess: [agent]\n---*/\nexport default () => 1;\n",
        "logic/_code/format.ts": "export const x = 1;\n",
        "logic/now.test.ts": "",
      }),
    );
    expect(project.diagnostics).toEqual([]);
    expect(project.logic.map(({ path, kind, front }) => [path, kind, front?.value.access])).toEqual([
      ["now", "module", ["agent"]],
      ["users/get", "sql", "public"],
    ]);
  });

  it("gives the front matter's places as the file's", async () => {
    const found = await problemsOf({
      "logic/a.sql": "---\nacces: public\n---\nselect 1\n",
      "logic/b.ts": "\n// comment\n/*---\naccess: public\ncashe: 1m\n---*/\nexport default () => 1;\n",
    });
    expect(found).toMatchObject([
      { file: "logic/a.sql", code: "unknown_key", line: 2, column: 1 },
      { file: "logic/b.ts", code: "unknown_key", line: 5, column: 1 },
    ]);
  });

  it("takes CRLF and a byte order mark", async () => {
    const project = await readProject(
      projectDirectory({ "logic/a.sql": "\uFEFF---\r\naccess: public\r\n---\r\nselect 1 as one\r\n" }),
    );
    expect(project.diagnostics).toEqual([]);
    expect(project.logic).toMatchObject([{ text: "---\naccess: public\n---\nselect 1 as one\n" }]);
  });

  it.each([
    ["a NUL byte", "tables: {}\n# \0\n", "nul_byte", 2],
    ["invalid UTF-8", Buffer.from([0x61, 0x3a, 0x0a, 0xff, 0xfe]), "not_utf8", 2],
    ["too much text", `# ${"x".repeat(1_100_000)}`, "file_too_large", 1],
  ])("refuses %s", async (_, content, code, line) => {
    expect(await problemsOf({ "schema/a.yaml": content })).toMatchObject([
      { file: "schema/a.yaml", code, line },
    ]);
  });

  it("names files that nothing reads", async () => {
    const found = await problemsOf({
      "config/permision.yaml": "",
      "config/server.yml": "",
      "schema/a.yml": "",
      "logic/a.wasm": "",
      "seeds/a.csv": "",
    });
    expect(found.map(({ file, code, hint }) => [file, code, hint])).toEqual([
      ["config/permision.yaml", "unknown_file", "Did you mean `permissions.yaml`?"],
      ["config/server.yml", "unknown_file", "Did you mean `server.yaml`?"],
      ["logic/a.wasm", "unsupported_logic", expect.any(String)],
      ["schema/a.yml", "unknown_file", "Rename it to end in .yaml."],
      ["seeds/a.csv", "unknown_file", "Seeds are .sql files."],
    ]);
  });

  it("refuses .env files in its folders, and warns of one beside stk.yaml that Git would take", async () => {
    const found = await problemsOf({
      "schema/.env": "A=1",
      "logic/x/.env.local": "A=1",
      "seeds/.env": "A=1",
      "config/.env.production": "A=1",
      ".env": "A=1",
      ".env.example": "A=",
      ".git/HEAD": "ref",
      ".gitignore": "node_modules\n",
    });
    expect(
      found
        .filter(({ code }) => code === "env_file")
        .map(({ file }) => file)
        .sort(),
    ).toEqual(["config/.env.production", "logic/x/.env.local", "schema/.env", "seeds/.env"]);
    expect(found.filter(({ code }) => code === "env_not_ignored")).toMatchObject([
      { file: ".env", severity: "warning" },
    ]);
    expect(await problemsOf({ ".env": "A=1", ".git/HEAD": "ref", ".gitignore": ".env*\n" })).toEqual([]);
  });

  it("refuses links that lead out, links to folders and folders without end", async () => {
    const root = projectDirectory({ "schema/a.yaml": "" });
    symlinkSync("/etc/passwd", join(root, "schema/out.yaml"));
    symlinkSync("/etc/passwd", join(root, "config/auth.yaml"));
    symlinkSync("..", join(root, "schema/loop"));
    symlinkSync("a.yaml", join(root, "schema/in.yaml"));
    const deep = join(root, "logic", ...Array(20).fill("d"));
    mkdirSync(deep, { recursive: true });
    const project = await readProject(root);
    expect(
      inReadingOrder(project.diagnostics).map(({ file, code }) => [file.replace(/(?:\/d)+/, "/d"), code]),
    ).toEqual([
      ["config/auth.yaml", "not_a_file"],
      ["logic/d", "too_deep"],
      ["schema/loop", "not_a_file"],
      ["schema/out.yaml", "not_a_file"],
    ]);
    expect(project.schemas.map(({ file }) => file)).toEqual(["schema/a.yaml", "schema/in.yaml"]);
    expect(project.auth).toBeUndefined();
  });

  it("stops at too many files", async () => {
    const root = projectDirectory({});
    mkdirSync(join(root, "seeds"));
    for (let n = 0; n < 2_050; n += 1) writeFileSync(join(root, `seeds/${n}.sql`), "");
    expect((await readProject(root)).diagnostics).toMatchObject([{ file: "seeds", code: "too_many_files" }]);
  });

  it("never shows a literal secret, wherever it stands", async () => {
    const secrets = {
      url: "postgres://app:Tr0ub4dor@db.example/x",
      aws: "AKIAIOSFODNN7EXAMPLE",
      github: `ghp_${"a1B2".repeat(9)}`,
      jwt: "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
      pem: "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----",
    };
    const project = await readProject(
      projectDirectory({
        "config/connections.yaml": `main: { url: "${secrets.url}", engine: "${secrets.url}" }\n`,
        "logic/a.sql": `---\naccess: public\n---\nselect '${secrets.github}' as x\n`,
        "logic/b.ts": `/*---\naccess: public\n---*/\nconst password = "correct-horse-9";\nexport default () => "${secrets.aws}";\n`,
        "seeds/a.sql": `insert into t values ('${secrets.jwt}');\n-- ${secrets.pem.replaceAll("\n", "\n-- ")}\n`,
      }),
    );
    const found = project.diagnostics.filter(({ code }) => code === "literal_secret");
    expect(found.map(({ file, line }) => `${file}:${line}`).sort()).toEqual([
      "config/connections.yaml:1",
      "config/connections.yaml:1",
      "logic/a.sql:4",
      "logic/b.ts:4",
      "logic/b.ts:5",
      "seeds/a.sql:1",
      "seeds/a.sql:2",
    ]);
    const shown = JSON.stringify([project.diagnostics, [...project.sources]]);
    for (const secret of [...Object.values(secrets), "correct-horse-9", "Tr0ub4dor", "MIIEvQIBADANBg"])
      expect(shown).not.toContain(secret);
  });
});
