import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { developmentIssuer } from "../../../config/environment.ts";
import { authMode, configureAuth } from "../../../runtime/auth/configure.ts";
import { createBridge } from "../../../runtime/bridge.ts";
import { silentLog } from "../../../runtime/log.ts";
import { manifestOf } from "../manifest.ts";

const issuer = {
  issuer: { env: "AUTH_ISSUER" },
  jwks: { env: "AUTH_JWKS_URL" },
  audience: ["notes"],
  algorithms: ["ES256" as const],
  claims: { id: "user.id", roles: "roles" },
  clockToleranceMs: 0,
};
const manifest = manifestOf({
  issuers: [issuer],
  environment: [
    { name: "DATABASE_URL", usedBy: ["config/connections.yaml"] },
    { name: "AUTH_ISSUER", usedBy: ["config/auth.yaml"] },
    { name: "AUTH_JWKS_URL", usedBy: ["config/auth.yaml"] },
  ],
});
const DATABASE_URL = "postgres://a:b@127.0.0.1:1/c";

const configured = (environment: Record<string, string>) =>
  configureAuth(manifest, environment, authMode(environment), { fetch, now: Date.now, log: silentLog });
const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
const refused = expect.objectContaining({ code: "invalid_token" });

describe("the development issuer", () => {
  it("is believed by its public key, and by nothing else", async () => {
    const { privateKey, publicKey } = await generateKeyPair("EdDSA");
    const STK_DEV_JWKS = JSON.stringify({ keys: [await exportJWK(publicKey)] });
    const { authenticate } = configured({ STK_DEV_JWKS });
    const sign = async (key: typeof privateKey, iss: string) =>
      new SignJWT({ roles: ["editor"] })
        .setProtectedHeader({ alg: "EdDSA" })
        .setSubject("ada")
        .setIssuer(iss)
        .setAudience(developmentIssuer.audience)
        .setExpirationTime("1h")
        .sign(key);
    const good = await authenticate(`Bearer ${await sign(privateKey, developmentIssuer.issuer)}`);
    expect(good).toMatchObject({ id: "ada", roles: ["authenticated", "editor", "public"] });
    const other = (await generateKeyPair("EdDSA")).privateKey;
    await expect(authenticate(`Bearer ${await sign(other, developmentIssuer.issuer)}`)).rejects.toEqual(
      refused,
    );
    await expect(authenticate(`Bearer ${await sign(privateKey, "https://issuer.test")}`)).rejects.toEqual(
      refused,
    );
  });

  it("lets the project's own issuers be missing", async () => {
    const { publicKey } = await generateKeyPair("ES256");
    const STK_DEV_JWKS = JSON.stringify({ keys: [await exportJWK(publicKey)] });
    const bridge = await createBridge({
      manifest,
      modulesRoot: "/nowhere",
      environment: { DATABASE_URL, STK_DEV_JWKS },
    });
    await bridge.close();
    const without = createBridge({ manifest, modulesRoot: "/nowhere", environment: { DATABASE_URL } });
    await expect(without).rejects.toMatchObject({
      code: "missing_variables",
      details: { missing: ["AUTH_ISSUER", "AUTH_JWKS_URL"] },
    });
  });

  it.each(["", "{}", '{"keys":[]}', "nonsense"])("is not made of %j", (STK_DEV_JWKS) => {
    expect(() => configured({ STK_DEV_JWKS })).toThrow(expect.objectContaining({ code: "invalid_variable" }));
  });
});

describe("production", () => {
  it.each([{ NODE_ENV: "production" }, { NODE_ENV: "Production " }, { STK_ENV: "PROD" }])(
    "refuses what is for development: %j",
    (environment) => {
      for (const development of [{ STK_DISABLE_AUTH: "true" }, { STK_DEV_JWKS: "{}" }])
        expect(() => authMode({ ...environment, ...development })).toThrow(
          expect.objectContaining({ code: "development_only" }),
        );
    },
  );
});

describe("disabled authentication", () => {
  const { authenticate } = configured({ STK_DISABLE_AUTH: "true" });
  const header = (claims: object) => `Bearer ${encode({ alg: "none" })}.${encode(claims)}.`;
  const now = () => Math.floor(Date.now() / 1_000);

  it("believes what a token says, by the claims of the project's issuer, and gives no undeclared role", () => {
    const claims = { user: { id: "ada" }, roles: ["editor", "root"], exp: now() + 60 };
    expect(authenticate(header(claims))).toMatchObject({
      id: "ada",
      roles: ["authenticated", "editor", "public"],
    });
  });

  it("still refuses what is no token, is over, or is not valid yet", () => {
    for (const bad of ["Bearer x", "Basic x", header({ exp: now() - 1 }), header({ nbf: now() + 60 })])
      expect(() => authenticate(bad)).toThrow(refused);
  });

  it("leaves who has no token anonymous", () => {
    expect(authenticate(undefined)).toMatchObject({ authenticated: false, roles: ["public"] });
  });
});
