import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLocalJWKSet, decodeJwt, jwtVerify } from "jose";
import { beforeEach, expect, test } from "vitest";
import { developmentIssuer } from "../../config/environment.ts";
import { developmentJwks, developmentKey } from "../../src/dev/development-key.ts";
import { temporaryDirectory } from "../services/temporary.ts";
import { stk } from "./in-process.ts";

let project: string;
beforeEach(async () => {
  project = temporaryDirectory();
  await writeFile(join(project, "stk.yaml"), "name: shop\n");
});

test("prints a token and nothing else, which the project's public keys verify", async () => {
  const words = ["token", "--sub", "u1", "--role", "agent", "--role", "admin", "--expires", "15m"];
  const { exitCode, stdout, stderr } = await stk(words, { cwd: project });
  expect([exitCode, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  const keys = createLocalJWKSet(JSON.parse(developmentJwks(await developmentKey(project))));
  const { payload } = await jwtVerify(stdout.trim(), keys, { ...developmentIssuer, algorithms: ["ES256"] });
  expect(payload).toMatchObject({ sub: "u1", roles: ["agent", "admin"] });
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(900);
});

test("a claim is JSON where it is valid JSON, else text", async () => {
  const claims = ["a=1", 'b=["x","y"]', "c=plain text", 'd="1"', "e=k=v", "f="];
  const words = ["token", "--sub", "u1", ...claims.flatMap((claim) => ["--claim", claim])];
  const { stdout } = await stk(words, { cwd: project });
  expect(decodeJwt(stdout.trim())).toMatchObject({
    a: 1,
    b: ["x", "y"],
    c: "plain text",
    d: "1",
    e: "k=v",
    f: "",
  });
});

test("a claim keeps every digit of its numbers", async () => {
  const claims = ["id=9007199254740993", "far=1e400", "rate=1.10", 'deep={"ids":[-0,18446744073709551615]}'];
  const words = ["token", "--sub", "u1", ...claims.flatMap((claim) => ["--claim", claim])];
  const { stdout } = await stk(words, { cwd: project });
  const payload = Buffer.from(stdout.split(".")[1] ?? "", "base64url").toString();
  for (const claim of ["9007199254740993", "1e400", "1.10", "[-0,18446744073709551615]"])
    expect(payload).toContain(`:${claim}`);
});

test("a role that is not declared is cautioned of", async () => {
  await mkdir(join(project, "config"));
  await writeFile(join(project, "config/permissions.yaml"), "roles: [agent, admin]\n");
  const words = ["token", "--sub", "u1", "--role", "agent", "--role", "amin"];
  const { exitCode, stdout, stderr } = await stk(words, { cwd: project });
  expect(exitCode).toBe(0);
  expect(decodeJwt(stdout.trim())).toMatchObject({ roles: ["agent", "amin"] });
  expect(stderr).toMatch(/^warning .*no role amin, .* Did you mean `admin`\?\n$/);
});

test("--json says when it expires", async () => {
  const { stdout } = await stk(["token", "--sub", "u1", "--json"], { cwd: project });
  const { token, expiresAt } = JSON.parse(stdout);
  expect((decodeJwt(token).exp ?? 0) * 1_000).toBeCloseTo(Date.parse(expiresAt), -4);
});

test.each([
  [[], "--sub"],
  [["--sub", "u", "--role", "not a role"], "role"],
  [["--sub", "u", "--claim", "roles=[]"], "stk sets"],
  [["--sub", "u", "--claim", "nothing"], "NAME=VALUE"],
  [["--sub", "u", "--expires", "soon"], "10s"],
])("%j is wrong usage, and says why", async (words, why) => {
  const { exitCode, stdout, stderr } = await stk(["token", ...words], { cwd: project });
  expect([exitCode, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(why);
});

test("outside of a project it says what to do", async () => {
  const { exitCode, stderr } = await stk(["token", "--sub", "u"], { cwd: tmpdir() });
  expect(exitCode).toBe(1);
  expect(stderr).toContain("stk init");
});
