import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { revisionOf, webAddress } from "../../src/deploy/revision.ts";
import { fixedTime } from "../../src/deploy/times.ts";
import { temporaryDirectory } from "../services/temporary.ts";

const directory = () => temporaryDirectory();
const env = { PATH: process.env.PATH, HOME: directory(), GIT_CONFIG_NOSYSTEM: "1" };

function repository() {
  const root = directory();
  const git = (...words: string[]) =>
    execFileSync("git", ["-C", root, "-c", "user.name=t", "-c", "user.email=t@example.com", ...words], {
      env: { ...env, GIT_COMMITTER_DATE: "2026-11-20T10:00:00Z" },
      encoding: "utf8",
    }).trim();
  git("init", "-q");
  writeFileSync(join(root, "stk.yaml"), "name: t\n");
  git("add", ".");
  return { root, git };
}

describe("revisionOf", () => {
  test("gives the commit, its time and where it came from", async () => {
    const { root, git } = repository();
    git("commit", "-qm", "first");
    git("remote", "add", "origin", "https://user:secret@example.com/acme/t.git");
    expect(await revisionOf(root, env)).toEqual({
      created: new Date("2026-11-20T10:00:00Z"),
      revision: git("rev-parse", "HEAD"),
      source: "https://example.com/acme/t",
    });
  });

  test("says so when the project differs from the commit, but not for what stk wrote itself", async () => {
    const { root, git } = repository();
    git("commit", "-qm", "first");
    for (const own of [".stk", "dist"]) {
      mkdirSync(join(root, own));
      writeFileSync(join(root, own, "file"), "made");
    }
    expect((await revisionOf(root, env)).revision).toBe(git("rev-parse", "HEAD"));
    writeFileSync(join(root, "new.yaml"), "");
    expect((await revisionOf(root, env)).revision).toBe(`${git("rev-parse", "HEAD")}-dirty`);
  });

  test("looks only at the project, not at what is beside it in the repository", async () => {
    const { root, git } = repository();
    mkdirSync(join(root, "project"));
    writeFileSync(join(root, "project", "stk.yaml"), "");
    git("add", ".");
    git("commit", "-qm", "first");
    writeFileSync(join(root, "elsewhere"), "");
    expect((await revisionOf(join(root, "project"), env)).revision).toBe(git("rev-parse", "HEAD"));
  });

  test("runs no program that files of the repository name", async () => {
    const { root, git } = repository();
    const project = join(root, "project");
    const ran = join(directory(), "ran");
    for (const folder of ["objects", "refs"]) mkdirSync(join(project, folder), { recursive: true });
    writeFileSync(join(project, "HEAD"), "ref: refs/heads/main\n");
    writeFileSync(
      join(project, "config"),
      `[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tworktree = .\n\tfsmonitor = "touch ${ran}; false"\n`,
    );
    git("-c", "safe.bareRepository=all", "commit", "-qm", "first");
    git("config", "core.fsmonitor", `touch ${ran}; false`);
    const revision = await revisionOf(project, env);
    expect(existsSync(ran)).toBe(false);
    expect(revision.unknown).toContain("bare repository");
    expect((await revisionOf(root, env)).revision).toBe(`${git("rev-parse", "HEAD")}-dirty`);
    expect(existsSync(ran)).toBe(false);
  });

  test("takes SOURCE_DATE_EPOCH before the commit's time", async () => {
    const { root, git } = repository();
    git("commit", "-qm", "first");
    const { created } = await revisionOf(root, { ...env, SOURCE_DATE_EPOCH: "1700000000" });
    expect(created).toEqual(new Date("2023-11-14T22:13:20Z"));
  });

  test("has a fixed time outside a repository", async () => {
    expect(await revisionOf(directory(), env)).toEqual({ created: fixedTime });
  });

  test("tells why Git does not know the commit", async () => {
    const { root } = repository();
    const { created, revision, unknown } = await revisionOf(root, env);
    expect({ created, revision }).toEqual({ created: fixedTime, revision: undefined });
    expect(unknown).toContain("does not have any commits yet");
    expect((await revisionOf(root, { ...env, PATH: "/nonexistent" })).unknown).toContain("ENOENT");
  });

  test.each(["yesterday", "-1", "1e9", "1700000000.5"])("refuses SOURCE_DATE_EPOCH=%s", async (text) => {
    await expect(revisionOf(directory(), { SOURCE_DATE_EPOCH: text })).rejects.toMatchObject({
      code: "invalid_environment",
      exitCode: 2,
    });
  });
});

test.each([
  ["git@github.com:acme/helpdesk.git", "https://github.com/acme/helpdesk"],
  ["ssh://git@github.com:22/acme/helpdesk.git", "https://github.com/acme/helpdesk"],
  ["https://github.com/acme/helpdesk/", "https://github.com/acme/helpdesk"],
  ["https://x-access-token:secret@git.example.com:8443/a/b.git?t=secret", "https://git.example.com:8443/a/b"],
  ["/srv/git/helpdesk.git", undefined],
  ["../helpdesk", undefined],
  ["C:\\git\\helpdesk", undefined],
  ["file:///srv/git/helpdesk", undefined],
  ["", undefined],
])("webAddress(%j) is %j", (remote, address) => {
  expect(webAddress(remote)).toBe(address);
});
