import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from "jose";
import { expect, test } from "vitest";
import { developmentIssuer } from "../../config/environment.ts";
import { developmentJwks, developmentKey } from "../../src/dev/development-key.ts";
import { signToken } from "../../src/dev/sign-token.ts";
import { temporaryDirectory } from "../services/temporary.ts";

const project = temporaryDirectory;
const now = Date.parse("2026-11-21T02:00:00Z");
const verification = { ...developmentIssuer, algorithms: ["ES256"], currentDate: new Date(now) };

test("a token verifies against the public keys that the Bridge is given", async () => {
  const key = await developmentKey(project());
  const subject = { sub: "u1", roles: ["agent"], claims: { organisation_id: "o1" }, expiresInMs: 60_000 };
  const token = await signToken(key, subject, now);
  const keys = createLocalJWKSet(JSON.parse(developmentJwks(key)));
  const { payload } = await jwtVerify(token, keys, verification);
  expect(payload).toMatchObject({
    sub: "u1",
    roles: ["agent"],
    organisation_id: "o1",
    exp: now / 1_000 + 60,
  });
  const late = { ...verification, currentDate: new Date(now + 61_000) };
  await expect(jwtVerify(token, keys, late)).rejects.toMatchObject({ code: "ERR_JWT_EXPIRED" });
});

test("another project's key is not believed", async () => {
  const [ours, theirs] = [await developmentKey(project()), await developmentKey(project())];
  const token = await signToken(theirs, { sub: "u1", roles: [], expiresInMs: 60_000 }, now);
  await expect(
    jwtVerify(token, createLocalJWKSet(JSON.parse(developmentJwks(ours))), verification),
  ).rejects.toThrow();
});

test("the key stays, is for its owner's eyes, and its secret part is not in the JWKS", async () => {
  const root = project();
  const key = await developmentKey(root);
  expect(await developmentKey(root)).toEqual(key);
  expect((await stat(join(root, ".stk/dev-key.json"))).mode & 0o777).toBe(0o600);
  expect((await stat(join(root, ".stk"))).mode & 0o777).toBe(0o700);
  expect(developmentJwks(key)).not.toContain(key.d);
  const token = await signToken(key, { sub: "u", roles: [], expiresInMs: 1_000 }, now);
  expect(decodeProtectedHeader(token).kid).toBe(key.kid);
});

test("two that ask at once get the same key", async () => {
  const root = project();
  const keys = await Promise.all(Array.from({ length: 8 }, () => developmentKey(root)));
  expect(new Set(keys.map(({ d }) => d)).size).toBe(1);
});

test("a damaged key is named, and its content is not shown", async () => {
  const root = project();
  await developmentKey(root);
  const file = join(root, ".stk/dev-key.json");
  const { d } = JSON.parse(await readFile(file, "utf8"));
  await writeFile(file, `{"d": "${d}"`);
  const error = await developmentKey(root).catch((thrown: unknown) => String(thrown));
  expect(error).toContain("dev-key.json");
  expect(error).not.toContain(d);
});
