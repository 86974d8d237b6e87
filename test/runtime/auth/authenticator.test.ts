import { createPublicKey } from "node:crypto";
import { CompactSign, exportJWK, generateKeyPair, SignJWT } from "jose";
import { describe, expect, it, onTestFinished } from "vitest";
import { createAuthenticator, createUnverifiedAuthenticator } from "../../../runtime/auth/authenticator.ts";
import { trustedIssuer } from "../../../runtime/auth/issuers.ts";
import type { Caller } from "../../../runtime/caller.ts";
import { silentLog } from "../../../runtime/log.ts";
import { TestIssuer } from "../issuer.ts";

type Change = { claims?: { id: string; roles: string }; algorithms?: "RS256"[]; roles?: string[] };

async function setUp(change: Change = {}) {
  const issuer = await TestIssuer.start();
  onTestFinished(() => issuer.stop());
  const key = await issuer.addKey("a");
  const clock = { ms: Date.now() };
  const now = () => clock.ms;
  const effects = { fetch, now, log: silentLog };
  const issuers = [trustedIssuer({ ...issuer.declared, ...change }, {}, effects)];
  const authenticator = createAuthenticator({ issuers, roles: ["editor"], now });
  const authenticate = async (token: string): Promise<Caller> =>
    authenticator.authenticate(`Bearer ${token}`);
  return { issuer, key, clock, authenticator, authenticate };
}

const refused = (code: string) => expect.objectContaining({ name: "CallError", code });
const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");

describe("a good token", () => {
  it("makes a caller with his id, declared roles and claims", async () => {
    const { issuer, key, authenticate } = await setUp();
    const token = await issuer.sign(key, "a", { roles: ["editor", "root", "public"], tenant: 7 });
    expect(await authenticate(token)).toMatchObject({
      authenticated: true,
      id: "ada",
      roles: ["authenticated", "editor", "public"],
      claims: { tenant: 7 },
    });
  });

  it("gives no role that is not declared, whatever its name", async () => {
    const { issuer, key, authenticate } = await setUp();
    const token = await issuer.sign(key, "a", { roles: ["admin", "__proto__", 1, null] });
    expect((await authenticate(token)).roles).toEqual(["authenticated", "public"]);
  });

  it("gives no declared role that its issuer may not give", async () => {
    const { issuer, key, authenticate } = await setUp({ roles: ["viewer"] });
    const token = await issuer.sign(key, "a", { roles: ["editor"] });
    expect((await authenticate(token)).roles).toEqual(["authenticated", "public"]);
  });

  it("takes a single role as a text, and no list from a text", async () => {
    const { issuer, key, authenticate } = await setUp();
    expect((await authenticate(await issuer.sign(key, "a", { roles: "editor" }))).roles).toContain("editor");
    expect((await authenticate(await issuer.sign(key, "a", { roles: "editor viewer" }))).roles).not.toContain(
      "editor",
    );
  });

  it("finds claims by a path, and takes a URL as one name", async () => {
    const nested = await setUp({ claims: { id: "user.id", roles: "realm_access.roles" } });
    const deep = { user: { id: 7 }, realm_access: { roles: ["editor"] } };
    const caller = await nested.authenticate(await nested.issuer.sign(nested.key, "a", deep));
    expect(caller).toMatchObject({ id: "7", roles: ["authenticated", "editor", "public"] });
    for (const [roles, name] of [
      ["https://example.com/roles", "https://example.com/roles"],
      ['"app.roles"', "app.roles"],
    ] as const) {
      const named = await setUp({ claims: { id: "sub", roles } });
      const token = await named.issuer.sign(named.key, "a", { [name]: ["editor"] });
      expect((await named.authenticate(token)).roles).toContain("editor");
    }
  });

  it("has no id where the claim is missing, empty or inherited", async () => {
    for (const id of ["missing", "constructor", "constructor.name", "empty"]) {
      const { issuer, key, authenticate } = await setUp({ claims: { id, roles: "roles" } });
      const caller = await authenticate(await issuer.sign(key, "a", { empty: "" }));
      expect({ id: caller.id, authenticated: caller.authenticated }).toEqual({
        id: undefined,
        authenticated: true,
      });
    }
  });

  it("is verified once and believed until it expires, never longer", async () => {
    const { issuer, key, clock, authenticator } = await setUp();
    const exp = Math.floor(clock.ms / 1_000) + 60;
    const header = `Bearer ${await issuer.sign(key, "a", { exp })}`;
    const first = await authenticator.authenticate(header);
    expect(authenticator.authenticate(header)).toBe(first);
    clock.ms = exp * 1_000;
    expect(authenticator.authenticate(header)).toBeInstanceOf(Promise);
    clock.ms += 5_000;
    await expect(authenticator.authenticate(header)).rejects.toEqual(refused("invalid_token"));
  });
});

describe("a bad token", () => {
  const seconds = () => Math.floor(Date.now() / 1_000);
  it.each([
    ["expired", () => ({ exp: seconds() - 10 })],
    ["without an end", () => ({ exp: undefined })],
    ["not valid yet", () => ({ nbf: seconds() + 60 })],
    ["for another audience", () => ({ aud: "billing" })],
    ["without an audience", () => ({ aud: undefined })],
    ["of another issuer", () => ({ iss: "https://evil.test" })],
    ["of an issuer that begins like ours", () => ({ iss: "https://issuer.test/" })],
    ["of an issuer that is a list", () => ({ iss: ["https://issuer.test"] })],
    ["of no issuer", () => ({ iss: undefined })],
  ])("is refused: %s", async (_, claims) => {
    const { issuer, key, authenticate } = await setUp();
    const changed = Object.fromEntries(Object.entries(claims()).filter(([, value]) => value !== undefined));
    const left = Object.keys(claims()).filter((name) => !(name in changed));
    const now = seconds();
    const good = { iss: issuer.issuer, aud: issuer.audience, sub: "ada", iat: now, exp: now + 600 };
    const payload = Object.fromEntries(
      Object.entries({ ...good, ...changed }).filter(([name]) => !left.includes(name)),
    );
    const token = await new SignJWT(payload).setProtectedHeader({ alg: "ES256", kid: "a" }).sign(key);
    await expect(authenticate(token)).rejects.toEqual(refused("invalid_token"));
  });

  it.each([
    ["exp", "1e400"],
    ["nbf", "1e400"],
    ["iat", "-1e400"],
    ["exp", '"1"'],
    ["nbf", '"0"'],
    ["iat", "null"],
  ])("is refused by the name of the claim when it is no finite number: %s %s", async (claim, value) => {
    const { issuer, key, authenticate } = await setUp();
    const good = { iss: issuer.issuer, aud: issuer.audience, sub: "ada", exp: seconds() + 600 };
    const token = await new CompactSign(
      new TextEncoder().encode(JSON.stringify({ ...good, [claim]: JSON.rawJSON(value) })),
    )
      .setProtectedHeader({ alg: "ES256", kid: "a" })
      .sign(key);
    const message = `The token's \`${claim}\` is not accepted here.`;
    await expect(authenticate(token)).rejects.toMatchObject({ code: "invalid_token", message });
    const unverified = createUnverifiedAuthenticator({ issuers: [], roles: [], now: Date.now });
    expect(() => unverified.authenticate(`Bearer ${token}`)).toThrow(message);
  });

  it("is refused when it names no algorithm", async () => {
    const { issuer, authenticate } = await setUp();
    const payload = { iss: issuer.issuer, aud: issuer.audience, sub: "ada", exp: seconds() + 600 };
    for (const alg of ["none", "None", "NONE", ""])
      await expect(authenticate(`${encode({ alg, kid: "a" })}.${encode(payload)}.`)).rejects.toEqual(
        refused("invalid_token"),
      );
  });

  it("is refused when it is signed with the public key as an HMAC secret", async () => {
    const { issuer, authenticate } = await setUp();
    const [jwk] = issuer.keys ?? [];
    if (jwk === undefined) throw new Error("The issuer has no key.");
    const pem = createPublicKey({ key: jwk, format: "jwk" }).export({ type: "spki", format: "pem" });
    for (const secret of [
      Buffer.from(pem),
      Buffer.from(JSON.stringify(jwk)),
      Buffer.from(jwk.x ?? "", "base64url"),
    ]) {
      const token = await new SignJWT({
        iss: issuer.issuer,
        aud: issuer.audience,
        sub: "ada",
        exp: seconds() + 600,
      })
        .setProtectedHeader({ alg: "HS256", kid: "a" })
        .sign(Buffer.concat([secret, Buffer.alloc(32)]));
      await expect(authenticate(token)).rejects.toEqual(refused("invalid_token"));
    }
  });

  it("is refused when its algorithm is not pinned, though the key is the issuer's", async () => {
    const { issuer, key, authenticate } = await setUp({ algorithms: ["RS256"] });
    await expect(authenticate(await issuer.sign(key, "a"))).rejects.toEqual(refused("invalid_token"));
  });

  it("is refused when another key signed it, or the key came with the token", async () => {
    const { issuer, authenticate } = await setUp();
    const { privateKey, publicKey } = await generateKeyPair("ES256");
    await expect(authenticate(await issuer.sign(privateKey, "a"))).rejects.toEqual(refused("invalid_token"));
    const jwk = await exportJWK(publicKey);
    const token = await new SignJWT({
      iss: issuer.issuer,
      aud: issuer.audience,
      sub: "ada",
      exp: seconds() + 600,
    })
      .setProtectedHeader({ alg: "ES256", kid: "a", jwk, jku: "http://127.0.0.1:1/keys" })
      .sign(privateKey);
    await expect(authenticate(token)).rejects.toEqual(refused("invalid_token"));
  });

  it("is refused when a part of it was changed", async () => {
    const { issuer, key, authenticate } = await setUp();
    const [head = "", , signature = ""] = (await issuer.sign(key, "a")).split(".");
    const payload = { iss: issuer.issuer, aud: issuer.audience, sub: "bob", exp: seconds() + 600 };
    await expect(authenticate(`${head}.${encode(payload)}.${signature}`)).rejects.toEqual(
      refused("invalid_token"),
    );
  });

  it.each([
    "",
    "Bearer",
    "Bearer ",
    "Basic YWRhOmFkYQ==",
    "Bearer a.b",
    "Bearer a b c",
    "Bearer a.b.c.d.e",
    `Bearer ${"a".repeat(9_000)}.b.c`,
  ])("is refused as a header of another form: %j", async (header) => {
    const { authenticator } = await setUp();
    const attempt = (async () => authenticator.authenticate(header))();
    await expect(attempt).rejects.toEqual(refused("invalid_token"));
  });
});

describe("an issuer's keys", () => {
  it("are fetched once for many tokens", async () => {
    const { issuer, key, authenticate } = await setUp();
    const tokens = await Promise.all(
      Array.from({ length: 20 }, (_, index) => issuer.sign(key, "a", { n: index })),
    );
    await Promise.all(tokens.map(authenticate));
    expect(issuer.asked).toBe(1);
  });

  it("go on when the issuer is away, and are asked for a new key at most every few seconds", async () => {
    const { issuer, key, clock, authenticate } = await setUp();
    await authenticate(await issuer.sign(key, "a"));
    issuer.keys = undefined;
    clock.ms += 601_000;
    const exp = Math.floor(clock.ms / 1_000) + 600;
    for (let n = 0; n < 5; n += 1)
      expect((await authenticate(await issuer.sign(key, "a", { exp, n }))).id).toBe("ada");
    expect(issuer.asked).toBeLessThanOrEqual(2);
  });

  it("that cannot be had make the call unavailable, not the token bad", async () => {
    const { issuer, key, authenticate } = await setUp();
    issuer.keys = undefined;
    const token = await issuer.sign(key, "a");
    await expect(authenticate(token)).rejects.toEqual(refused("unavailable"));
    await expect(authenticate(token)).rejects.toEqual(refused("unavailable"));
    expect(issuer.asked).toBe(1);
  });

  it("come back", async () => {
    const { issuer, key, clock, authenticate } = await setUp();
    const { keys } = issuer;
    issuer.keys = undefined;
    const token = await issuer.sign(key, "a");
    await expect(authenticate(token)).rejects.toEqual(refused("unavailable"));
    issuer.keys = keys;
    clock.ms += 5_001;
    expect((await authenticate(token)).id).toBe("ada");
  });

  it("may be several for a token that names none", async () => {
    const { issuer, key, authenticate } = await setUp();
    await issuer.addKey("b");
    const now = Math.floor(Date.now() / 1_000);
    const token = await new SignJWT({ iss: issuer.issuer, aud: issuer.audience, sub: "ada", exp: now + 60 })
      .setProtectedHeader({ alg: "ES256" })
      .sign(key);
    expect((await authenticate(token)).id).toBe("ada");
  });

  it("are not read beyond a size", async () => {
    const { issuer, key, authenticate } = await setUp();
    issuer.keys?.push({ kty: "EC", x: "A".repeat(600_000) });
    await expect(authenticate(await issuer.sign(key, "a"))).rejects.toEqual(refused("unavailable"));
  });

  it.each([
    "http://issuer.test/jwks.json",
    "ftp://issuer.test/jwks",
    "nonsense",
    "http://127.0.0.1.evil.test/",
  ])("are not taken from %s", (jwks) => {
    const declared = {
      issuer: "a",
      jwks,
      audience: ["a"],
      algorithms: ["ES256" as const],
      claims: { id: "sub", roles: "roles" },
      clockToleranceMs: 0,
    };
    const attempt = () => trustedIssuer(declared, {}, { fetch, now: Date.now, log: silentLog });
    expect(attempt).toThrow(expect.objectContaining({ code: "invalid_variable" }));
  });
});
