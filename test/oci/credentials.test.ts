import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { dockerCredentials } from "../../src/oci/credentials.ts";

const encode = (text: string) => Buffer.from(text).toString("base64");

/** The folder that `docker login` writes to. */
async function docker(config: unknown): Promise<{ env: Record<string, string>; directory: string }> {
  const directory = await mkdtemp(join(tmpdir(), "santokit-credentials-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const text = typeof config === "string" ? config : JSON.stringify(config);
  if (config !== undefined) await writeFile(join(directory, "config.json"), text);
  return { directory, env: { DOCKER_CONFIG: directory, PATH: `${directory}:${process.env.PATH}` } };
}

async function helper(directory: string, script: string): Promise<void> {
  const file = join(directory, "docker-credential-test");
  await writeFile(file, `#!/bin/sh\nread registry\n${script}\n`);
  await chmod(file, 0o755);
}

const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => ({ code: "none", message: "" }),
    (error: Error & { code: string; hint?: string }) => ({
      code: error.code,
      message: `${error.message} ${error.hint}`,
    }),
  );

it.each([
  [
    "a user and a password",
    { auth: encode("ann:se:cret") },
    { kind: "password", username: "ann", password: "se:cret" },
  ],
  ["the two apart", { username: "ann", password: "" }, { kind: "password", username: "ann", password: "" }],
  ["an identity token", { auth: encode("0:x"), identitytoken: "t" }, { kind: "identity", token: "t" }],
  ["a registry token", { registrytoken: "t" }, { kind: "bearer", token: "t" }],
  ["nothing", {}, undefined],
])("an entry with %s is read", async (_, entry, credentials) => {
  const { env } = await docker({ auths: { "ghcr.io": entry } });
  expect(await dockerCredentials(env)("ghcr.io")).toEqual(credentials);
});

it("a registry is found by its whole name alone, and by an old file's URL", async () => {
  const { env } = await docker({
    auths: {
      "127.0.0.1:5000": { auth: encode("a:1") },
      "https://old.example/v1/": { auth: encode("b:2") },
      "https://index.docker.io/v1/": { auth: encode("c:3") },
    },
  });
  const find = dockerCredentials(env);
  expect(await find("127.0.0.1:5000")).toMatchObject({ username: "a" });
  expect(await find("old.example")).toMatchObject({ username: "b" });
  expect(await find("docker.io")).toMatchObject({ username: "c" });
  for (const other of ["127.0.0.1", "127.0.0.1:500", "example", "constructor", "__proto__"]) {
    expect(await find(other)).toBeUndefined();
  }
});

it("without a file there are none", async () => {
  const { env } = await docker(undefined);
  expect(await dockerCredentials(env)("ghcr.io")).toBeUndefined();
});

it.each([
  "hunter2",
  '{"auths": {"ghcr.io": {"auth": 7, "x": "hunter2"}}}',
  `{"auths":{"ghcr.io":{"auth":"${encode("hunter2")}"}}}`,
])("a file that reads %s is refused, and not shown", async (text) => {
  const { env } = await docker(text);
  const { code, message } = await refusal(dockerCredentials(env)("ghcr.io"));
  expect(code).toBe("invalid_docker_config");
  expect(message).not.toMatch(/hunter2|aHVudGVyMg/);
});

it("a helper is asked for its registry, and the store for the others", async () => {
  const { env, directory } = await docker({
    credHelpers: { "ghcr.io": "test" },
    auths: { "b.io": { auth: encode("b:2") } },
  });
  await helper(
    directory,
    `echo "{\\"ServerURL\\":\\"$registry\\",\\"Username\\":\\"$registry\\",\\"Secret\\":\\"s\\"}"`,
  );
  expect(await dockerCredentials(env)("ghcr.io")).toEqual({
    kind: "password",
    username: "ghcr.io",
    password: "s",
  });
  expect(await dockerCredentials(env)("b.io")).toMatchObject({ username: "b" });
});

it("a helper's identity token is one", async () => {
  const { env, directory } = await docker({ credsStore: "test" });
  await helper(directory, `echo '{"Username":"<token>","Secret":"t"}'`);
  expect(await dockerCredentials(env)("ghcr.io")).toEqual({ kind: "identity", token: "t" });
});

it("where a helper has none, the file is asked", async () => {
  const { env, directory } = await docker({
    credsStore: "test",
    auths: { "ghcr.io": { auth: encode("ann:x") } },
  });
  await helper(directory, "echo 'credentials not found in native keychain'; exit 1");
  expect(await dockerCredentials(env)("ghcr.io")).toMatchObject({ username: "ann" });
});

it.each([
  ["fails", "echo hunter2; exit 3"],
  ["says something else", "echo hunter2"],
])("a helper that %s is named, and what it said is not shown", async (_, script) => {
  const { env, directory } = await docker({ credsStore: "test" });
  await helper(directory, script);
  const { code, message } = await refusal(dockerCredentials(env)("ghcr.io"));
  expect(code).toBe("credential_helper_failed");
  expect(message).toContain("docker-credential-test");
  expect(message).not.toContain("hunter2");
});

it("a helper that is not installed is named", async () => {
  const { env } = await docker({ credsStore: "test" });
  expect((await refusal(dockerCredentials(env)("ghcr.io"))).message).toContain("is not on the PATH");
});

it.each(["../evil", "a b", "x;rm"])("no program is started for a helper called %s", async (name) => {
  const { env } = await docker({ credsStore: name });
  expect((await refusal(dockerCredentials(env)("ghcr.io"))).code).toBe("invalid_docker_config");
});
