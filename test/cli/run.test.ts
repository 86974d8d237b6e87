import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { catalog } from "../../src/cli/catalog.ts";
import { foreign } from "../../src/cli/meant-command.ts";
import { run } from "../../src/cli/run.ts";
import { temporaryDirectory } from "../services/temporary.ts";

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

it.each([
  ["validat", "validat", "Did you mean `stk validate`?"],
  ["apply --yes", "apply", "Did you mean `stk schema apply`?"],
  ["aply", "aply", "Did you mean `stk schema apply`?"],
  ["schema aply --yes", "schema aply", "Did you mean `stk schema apply`?"],
  ["schema foo", "schema foo", "Run stk --help"],
  ["depoly image --tag x", "depoly", "Did you mean `stk deploy image`?"],
  ["depoly", "depoly", "Did you mean `stk deploy image`?"],
  ["deploy imgae", "deploy imgae", "Did you mean `stk deploy image`?"],
  ["diff", "diff", "Did you mean `stk schema plan`?"],
  ["db push", "db", "Did you mean `stk schema apply`?"],
  ["migrate deploy", "migrate", "Did you mean `stk schema apply`?"],
  ["reset", "reset", "Did you mean `stk dev --reset`?"],
  ["push", "push", "Did you mean `stk deploy image`?"],
  ["frobnicate", "frobnicate", "Run stk --help"],
  ["constructor", "constructor", "Run stk --help"],
  ["__proto__ x", "__proto__", "Run stk --help"],
])("stk %s is wrong usage, and the whole command that is meant is named", async (line, said, hint) => {
  const { exitCode, out, err } = await stk(...line.split(" "));
  expect({ exitCode, out }).toEqual({ exitCode: 2, out: "" });
  expect(err).toContain(`There is no command \`${said}\`. (invalid_usage)\n     ${hint}`);
});

it("every command that is named for another tool's exists", async () => {
  for (const words of Object.values(foreign))
    expect((await stk(...words.split(" "), "--help")).exitCode).toBe(0);
});

it.each([
  ["help", "validate"],
  ["help", "schema", "plan"],
])("stk %s %s is its --help", async (...words) => {
  const { exitCode, out } = await stk(...words);
  expect(exitCode).toBe(0);
  expect(out).toContain(`Usage: stk ${words.slice(1).join(" ")} `);
});

it.each([
  [["validate", "--jsn"], "Unknown option '--jsn'.", "Did you mean --json?"],
  [["deploy", "imag"], "There is no command `deploy imag`.", "Did you mean `stk deploy image`?"],
  [
    ["deploy", "image", "--tag", "a:1", "--platform", "amd64"],
    "--platform: write a platform as linux/amd64.",
  ],
  [["dev", "--port", "99999"], "--port: write a port from 0 to 65535."],
  [["run", "--port", ""], "--port: write a port from 0 to 65535."],
  [["run", "--engine", "--local"], "--engine and --local exclude each other."],
  [["token"], "--sub says whose token it is."],
])(
  "%j says what is wrong and what to do",
  async (words, message, hint = "Run it with --help to see what is accepted.") => {
    expect(await stk(...words)).toEqual({
      exitCode: 2,
      out: "",
      err: `stk: ${message} (invalid_usage)\n     ${hint}\n`,
    });
    const { out, err } = await stk(...words, "--json");
    expect(err).toBe("");
    expect(JSON.parse(out).error).toMatchObject({ code: "invalid_usage" });
  },
);

it("what the system refuses is no defect of stk", async () => {
  const directory = temporaryDirectory();
  writeFileSync(path.join(directory, "file"), "");
  const { exitCode, err } = await stk("init", path.join(directory, "file", "shop"));
  expect(exitCode).toBe(1);
  expect(err).toMatch(/^stk: The system refused: .+ \(system_error\)\n {5}A file stands/);
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
  const directory = temporaryDirectory();
  writeFileSync(path.join(directory, "stk.yaml"), "nam: shop\n");

  const { exitCode, out, err } = await stk("validate", "--json", "--project", directory);

  expect({ exitCode, err }).toEqual({ exitCode: 1, err: "" });
  expect(JSON.parse(out).diagnostics).toContainEqual(
    expect.objectContaining({ code: "unknown_key", file: "stk.yaml", line: 1, column: 1 }),
  );
});
