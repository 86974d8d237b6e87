import { once } from "node:events";
import { createServer } from "node:http";
import { exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import { describe, expect, it, onTestFinished } from "vitest";
import { createAuthenticator } from "../../../runtime/auth/authenticator.ts";
import { trustedIssuer } from "../../../runtime/auth/issuers.ts";
import { readKeySet } from "../../../runtime/auth/key-set.ts";
import { silentLog } from "../../../runtime/log.ts";
import { TestIssuer } from "../issuer.ts";

async function setUp(effects: { fetch?: typeof fetch } = {}) {
  const issuer = await TestIssuer.start();
  onTestFinished(() => issuer.stop());
  const key = await issuer.addKey("a");
  const clock = { ms: Date.now() };
  const now = () => clock.ms;
  const issuers = [trustedIssuer(issuer.declared, {}, { fetch, now, log: silentLog, ...effects })];
  const { authenticate } = createAuthenticator({ issuers, roles: [], now });
  return {
    issuer,
    key,
    clock,
    /** "ok", or the code and reason of the refusal. */
    outcome: async (token: string) => {
      try {
        await authenticate(`Bearer ${token}`);
        return "ok";
      } catch (error) {
        if (!(error instanceof Error) || !("code" in error)) throw error;
        return "reason" in error && error.reason !== undefined
          ? `${error.code}: ${error.reason}`
          : error.code;
      }
    },
    /** A good token, which lasts for two days. */
    sign: (signer = key, kid = "a") => {
      const iat = Math.floor(clock.ms / 1_000);
      return issuer.sign(signer, kid, { iat, exp: iat + 172_800, jti: crypto.randomUUID() });
    },
  };
}

const minute = 60_000;
const notYet = "unavailable: unknown key, and its issuer was asked a moment ago";

describe("a key set", () => {
  const malformed: [string, unknown][] = [
    ["of a kind that nobody knows", { kty: "XYZ", kid: "x" }],
    ["without a kind", { kid: "x" }],
    ["that is a number", 7],
    ["that is null", null],
    ["that is a list", []],
    ["that lacks its numbers", { kty: "RSA", kid: "x" }],
    ["with a point that is not on the curve", { kty: "EC", crv: "P-256", kid: "x", x: "AA", y: "AA" }],
    ["with a kid that is a number", { kty: "EC", kid: 1 }],
    ["with key_ops that are a text", { kty: "EC", kid: "x", key_ops: "verify" }],
    ["that is a shared secret", { kty: "oct", k: "c2VjcmV0", kid: "x" }],
  ];
  it.each(malformed)("leaves out a member %s, and believes the others", async (_, member) => {
    const { issuer, outcome, sign } = await setUp();
    const [good] = issuer.keys ?? [];
    issuer.answer = (response) => response.end(JSON.stringify({ keys: [member, good, member] }));
    expect(await outcome(await sign())).toBe("ok");
  });

  it("leaves out a private key", async () => {
    const { privateKey } = await generateKeyPair("ES256", { extractable: true });
    const { size, leftOut } = readKeySet(JSON.stringify({ keys: [await exportJWK(privateKey)] }));
    expect({ size, leftOut }).toEqual({ size: 0, leftOut: 1 });
  });

  it.each(["", "[]", "null", "{}", '{"keys":{}}', "<html>"])(
    "that is none makes the call unavailable, not the token bad: %j",
    async (text) => {
      const { issuer, outcome, sign } = await setUp();
      issuer.answer = (response) => response.end(text);
      expect(await outcome(await sign())).toBe("unavailable");
    },
  );

  it.each([301, 302, 307, 308])("is not taken over a redirect (%i) to plain http", async (status) => {
    const { issuer, outcome, sign } = await setUp();
    let followed = 0;
    const keys = issuer.keys;
    const elsewhere = createServer((_, response) => {
      followed += 1;
      response.end(JSON.stringify({ keys }));
    }).listen(0, "127.0.0.1");
    await once(elsewhere, "listening");
    onTestFinished(() => void elsewhere.close());
    const address = elsewhere.address();
    const port = typeof address === "object" ? address?.port : undefined;
    issuer.answer = (response) =>
      response.writeHead(status, { location: `http://127.0.0.1:${port}/jwks.json` }).end();
    expect(await outcome(await sign())).toBe("unavailable");
    expect(followed).toBe(0);
  });
});

describe("a key that was withdrawn", () => {
  it("is believed for five minutes at most while tokens come, verified ones too", async () => {
    const { issuer, clock, outcome, sign } = await setUp();
    const token = await sign();
    expect(await outcome(token)).toBe("ok");
    issuer.keys = [];
    await issuer.addKey("b");
    clock.ms += 4 * minute;
    expect(await outcome(token)).toBe("ok");
    clock.ms += minute;
    await outcome(token); // asks in the background
    await expect.poll(() => outcome(token)).toBe("invalid_token: unknown key");
  });

  it("is not believed once more after a pause of ten minutes without a token", async () => {
    const { issuer, clock, outcome, sign } = await setUp();
    const token = await sign();
    expect(await outcome(token)).toBe("ok");
    issuer.keys = [];
    clock.ms += 10 * minute;
    expect(await outcome(token)).toBe("invalid_token: unknown key");
  });

  it("is gone sooner where the issuer says so", async () => {
    const { issuer, clock, outcome, sign } = await setUp();
    let keys: JWK[] | undefined = issuer.keys;
    issuer.answer = (response) =>
      response.setHeader("cache-control", "public, max-age=60").end(JSON.stringify({ keys }));
    const token = await sign();
    expect(await outcome(token)).toBe("ok");
    keys = [];
    clock.ms += minute;
    await outcome(token);
    await expect.poll(() => outcome(token)).toBe("invalid_token: unknown key");
  });

  it("is not kept for longer because the issuer says so, and not asked for with every token", async () => {
    const { issuer, clock, outcome, sign } = await setUp();
    const maxAges = ["max-age=0", "max-age=86400", "no-cache", "max-age=nonsense"];
    for (const [index, value] of maxAges.entries()) {
      issuer.answer = (response) =>
        response.setHeader("cache-control", value).end(JSON.stringify({ keys: issuer.keys }));
      clock.ms += 5 * minute;
      await outcome(await sign());
      await expect.poll(() => issuer.asked).toBe(index + 1);
      for (let n = 0; n < 5; n += 1) expect(await outcome(await sign())).toBe("ok");
      expect(issuer.asked).toBe(index + 1);
    }
  });

  it("is not believed for ever because the issuer is away", async () => {
    const { issuer, clock, outcome, sign } = await setUp();
    const token = await sign();
    expect(await outcome(token)).toBe("ok");
    issuer.keys = undefined;
    clock.ms += 23 * 60 * minute;
    expect(await outcome(token)).toBe("ok");
    clock.ms += 60 * minute;
    expect(await outcome(token)).toBe("unavailable");
  });
});

describe("a key that is new", () => {
  it("is believed at once, though the one before is gone and was fetched a moment ago", async () => {
    const { issuer, outcome, sign } = await setUp();
    expect(await outcome(await sign())).toBe("ok");
    issuer.keys = [];
    const next = await issuer.addKey("b");
    const tokens = await Promise.all(Array.from({ length: 20 }, () => sign(next, "b")));
    expect(new Set(await Promise.all(tokens.map(outcome)))).toEqual(new Set(["ok"]));
    expect(issuer.asked).toBe(2);
  });

  it("is believed where it has the name of the one before, or none", async () => {
    const { issuer, clock, key, outcome, sign } = await setUp();
    expect(await outcome(await sign())).toBe("ok");
    issuer.keys = [];
    const next = await issuer.addKey("a");
    expect(await outcome(await sign(next, "a"))).toBe("ok");
    expect(await outcome(await sign(key, "a"))).toBe("invalid_token: bad signature");
    const { publicKey, privateKey } = await generateKeyPair("ES256");
    issuer.keys = [await exportJWK(publicKey)];
    clock.ms += 6_000;
    const token = await new SignJWT({ sub: "ada" })
      .setProtectedHeader({ alg: "ES256" })
      .setIssuer(issuer.issuer)
      .setAudience(issuer.audience)
      .setExpirationTime("1h")
      .sign(privateKey);
    expect(await outcome(token)).toBe("ok");
  });

  it("is believed while strangers send tokens of keys that nobody has", async () => {
    const { issuer, clock, outcome, sign } = await setUp();
    const stranger = (await generateKeyPair("ES256")).privateKey;
    expect(await outcome(await sign())).toBe("ok");
    expect(await outcome(await sign(stranger, "x1"))).toBe("invalid_token: unknown key");
    expect(await outcome(await sign(stranger, "x1"))).toBe("invalid_token: unknown key");
    for (let n = 2; n < 50; n += 1) expect(await outcome(await sign(stranger, `x${n}`))).toBe(notYet); // nobody asked for it yet
    expect(issuer.asked).toBe(2);
    issuer.keys = [];
    const next = await issuer.addKey("b");
    const token = await sign(next, "b");
    expect(await outcome(token)).toBe(notYet); // to be sent again, not 401
    clock.ms += 5_000;
    expect(await outcome(token)).toBe("ok");
    expect(issuer.asked).toBe(3);
  });

  it("may be the issuer's while the issuer is away", async () => {
    const { issuer, outcome, sign } = await setUp();
    expect(await outcome(await sign())).toBe("ok");
    issuer.keys = undefined;
    const next = (await generateKeyPair("ES256")).privateKey;
    expect(await outcome(await sign(next, "b"))).toBe("unavailable");
    expect(await outcome(await sign(next, "a"))).toBe("invalid_token: bad signature");
    expect(await outcome(await sign())).toBe("ok");
  });
});

describe("a fetch that hangs", () => {
  it("is given up, and another is made, whatever the host did with it", async () => {
    let hangs = false;
    const deaf = () => new Promise<Response>(() => undefined);
    const { issuer, clock, outcome, sign } = await setUp({
      fetch: (...request) => (hangs ? deaf() : fetch(...request)),
    });
    const token = await sign();
    expect(await outcome(token)).toBe("ok");
    hangs = true;
    clock.ms += 5 * minute;
    expect(await outcome(token)).toBe("ok");
    hangs = false;
    issuer.keys = [];
    clock.ms += minute / 2;
    expect(await outcome(token)).toBe("ok");
    await expect.poll(() => outcome(token)).toBe("invalid_token: unknown key");
  });
});
