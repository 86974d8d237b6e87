import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { catalog } from "../../src/cli/catalog.ts";
import { run } from "../../src/cli/run.ts";

/** Runs a command line as a process would, with what it wrote. */
async function stk(...words: string[]) {
  const written = { out: "", err: "" };
  const exitCode = await run(words, {
    version: "1.2.3",
    cwd: tmpdir(),
    env: {},
    signal: new AbortController().signal,
    interactive: false,
    color: false,
    write: (text) => {
      written.out += text;
    },
    writeError: (text) => {
      written.err += text;
    },
  });
  return { exitCode, ...written };
}

it.each(["--version", "-V"])("%s prints the version", async (flag) => {
  expect(await stk(flag)).toEqual({ exitCode: 0, out: "1.2.3\n", err: "" });
});

it("--help names every command under its heading", async () => {
  const { exitCode, out } = await stk("--help");
  expect(exitCode).toBe(0);
  for (const { name, group } of catalog) {
    expect(out).toContain(`${group}:`);
    expect(out).toMatch(new RegExp(`^ +${name.split(" ")[0]}\\b`, "m"));
  }
});

it.each(catalog.map(({ name }) => name))(
  "%s --help shows its options and an example of its use",
  async (name) => {
    const { exitCode, out, err } = await stk(...name.split(" "), "--help");
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
    expect(out).toContain(`Usage: stk ${name}`);
    expect(out).toMatch(/Examples:\n {2}\$ stk /);
  },
);

it("a command that does not exist is wrong usage, and the nearest one is named", async () => {
  const { exitCode, out, err } = await stk("validat");
  expect({ exitCode, out }).toEqual({ exitCode: 2, out: "" });
  expect(err).toContain("Did you mean validate?");
});

it.each([["validate", "--nonsense"], ["validate", "one", "two"], ["deploy"], ["deploy", "imag"], ["token"]])(
  "stk %s %s is wrong usage",
  async (...words) => {
    const { exitCode, out } = await stk(...words);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: "" });
  },
);

it("an error says what happened, its code and what to do next", async () => {
  const { exitCode, err } = await stk(
    "validate",
    "--project",
    path.join(tmpdir(), "there-is-no-such-directory"),
  );
  expect(exitCode).toBe(1);
  expect(err).toMatch(/^stk: .+ \(project_not_found\)\n {5}.*stk init/);
});

it("with --json an error is JSON too", async () => {
  const { out } = await stk(
    "validate",
    "--json",
    "--project",
    path.join(tmpdir(), "there-is-no-such-directory"),
  );
  expect(JSON.parse(out)).toMatchObject({ error: { code: "project_not_found" } });
});

it("with --json every problem of a project is data", async () => {
  const directory = mkdtempSync(path.join(tmpdir(), "santokit-cli-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  writeFileSync(path.join(directory, "stk.yaml"), "nam: shop\n");

  const { exitCode, out, err } = await stk("validate", "--json", "--project", directory);

  expect({ exitCode, err }).toEqual({ exitCode: 1, err: "" });
  expect(JSON.parse(out).diagnostics).toContainEqual(
    expect.objectContaining({ code: "unknown_key", file: "stk.yaml", line: 1, column: 1 }),
  );
});
