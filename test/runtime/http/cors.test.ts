import { describe, expect, it } from "vitest";
import { compileOrigins } from "../../../runtime/http/origins.ts";
import type { Manifest } from "../../../schema/manifest.ts";
import { originProblem } from "../../../schema/origin.ts";
import { withLoopbackOrigins } from "../../../src/dev/loopback-origins.ts";
import { freePort } from "../../services/port.ts";
import { manifestOf } from "../manifest.ts";
import { post, serve } from "../serve.ts";

type CorsSettings = NonNullable<Manifest["server"]["cors"]>;
const cors: CorsSettings = {
  origins: [],
  credentials: false,
  allowHeaders: [],
  exposeHeaders: [],
  maxAgeMs: 60_000,
};

/** A Bridge without its database: what browsers are told does not depend on it. */
async function serving(change: Partial<CorsSettings>, environment: Record<string, string> = {}) {
  const manifest = manifestOf({ server: { ...manifestOf().server, cors: { ...cors, ...change } } });
  const { url } = await serve({
    url: `postgres://a@127.0.0.1:${await freePort()}/b`,
    manifest,
    environment,
  });
  const preflight = (origin: string) =>
    fetch(`${url}/call`, {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "POST" },
    });
  return { preflight, call: (origin: string) => post(url, "{}", { origin }) };
}

const allowOrigin = "access-control-allow-origin";

describe("a page of a named origin", () => {
  it("may call and read the answer, and no other page may", async () => {
    const { preflight, call } = await serving({ origins: ["https://app.example"] });
    const permitted = await preflight("https://app.example");
    expect(permitted.status).toBe(204);
    expect(permitted.headers.get(allowOrigin)).toBe("https://app.example");
    expect(permitted.headers.get("access-control-max-age")).toBe("60");
    expect(permitted.headers.get("access-control-allow-credentials")).toBeNull();
    const refused = await preflight("https://evil.example");
    expect(refused.headers.get(allowOrigin)).toBeNull();
    expect(refused.headers.get("vary")).toBe("origin");
    const answer = await call("https://app.example");
    expect(answer.status).toBe(400);
    expect(answer.headers.get(allowOrigin)).toBe("https://app.example");
    expect(answer.headers.get("vary")).toBe("origin");
    expect((await call("https://evil.example")).headers.get("vary")).toBe("origin");
  });

  it("may send what calls know and what the project lists, and read it", async () => {
    const { preflight } = await serving({
      origins: ["https://app.example"],
      allowHeaders: ["X-Tenant", "authorization"],
      exposeHeaders: ["X-Cost"],
    });
    const { headers } = await preflight("https://app.example");
    expect(headers.get("access-control-allow-headers")).toBe(
      "authorization, content-type, idempotency-key, traceparent, tracestate, baggage, x-request-id, x-tenant",
    );
    expect(headers.get("access-control-expose-headers")).toBe("x-request-id, retry-after, x-cost");
  });

  it("may send cookies where the project says so", async () => {
    const { preflight, call } = await serving({ origins: ["https://app.example"], credentials: true });
    const { headers } = await preflight("https://app.example");
    expect(headers.get("access-control-allow-credentials")).toBe("true");
    expect(headers.get(allowOrigin)).toBe("https://app.example");
    const evil = await call("https://evil.example");
    expect(evil.headers.get("access-control-allow-credentials")).toBeNull();
  });
});

describe("every page", () => {
  it("may call where the project says *, with one answer for all", async () => {
    const { preflight, call } = await serving({ origins: ["*"] });
    expect((await preflight("https://a.example")).headers.get(allowOrigin)).toBe("*");
    const { headers } = await call("null");
    expect(headers.get(allowOrigin)).toBe("*");
    expect(headers.get("vary")).toBeNull();
    expect(headers.get("access-control-allow-credentials")).toBeNull();
  });
});

describe("origins of the environment", () => {
  it("let other pages in at staging than in production, by the same image", async () => {
    const origins = ["https://app.example", { env: "CORS_ORIGINS" }];
    const staging = await serving(
      { origins },
      { CORS_ORIGINS: " https://*.staging.example.com , http://localhost:* " },
    );
    for (const origin of ["https://app.example", "https://a.staging.example.com", "http://localhost:5173"])
      expect((await staging.preflight(origin)).headers.get(allowOrigin)).toBe(origin);
    const production = await serving({ origins }, { CORS_ORIGINS: "https://shop.example.com" });
    expect((await production.preflight("http://localhost:5173")).headers.get(allowOrigin)).toBeNull();
  });
});

describe("stk dev", () => {
  it("lets pages of this machine call, and none from elsewhere", async () => {
    const manifest = withLoopbackOrigins(manifestOf());
    const { url } = await serve({ url: `postgres://a@127.0.0.1:${await freePort()}/b`, manifest });
    const allowed = async (origin: string) => (await post(url, "{}", { origin })).headers.get(allowOrigin);
    for (const origin of ["http://localhost:5173", "http://127.0.0.1:3000", "http://shop.localhost:8080"])
      expect(await allowed(origin)).toBe(origin);
    expect(await allowed("http://localhost.evil.com:5173")).toBeNull();
    expect(await allowed("http://192.168.0.7:5173")).toBeNull();
  });
});

describe("a pattern", () => {
  const isNamed = compileOrigins(["https://*.preview.example.com", "http://localhost:*", "http://[::1]:*"]);

  it.each([
    "https://a.preview.example.com",
    "https://pr-12.preview.example.com",
    "http://localhost",
    "http://localhost:5173",
    "http://[::1]:3000",
  ])("matches %s", (origin) => expect(isNamed(origin)).toBe(true));

  it.each([
    "https://preview.example.com",
    "https://.preview.example.com",
    "https://a.b.preview.example.com",
    "https://evilpreview.example.com",
    "https://a.preview.example.com.evil.com",
    "https://a.preview.example.com:8443",
    "https://a.previewXexample.com",
    "http://a.preview.example.com",
    "https://evil.com/.preview.example.com",
    "https://evil.com#.preview.example.com",
    "https://a.preview.example.com\n",
    "https://*.preview.example.com/",
    "http://localhost:",
    "http://localhost:5173.evil.com",
    "http://localhost.evil.com:80",
    "http://localhost:123456",
    "null",
    "",
  ])("never matches %j", (origin) => expect(isNamed(origin)).toBe(false));

  it("lets no text in that is longer by anything than what it names", () => {
    const named = "https://a.preview.example.com";
    for (const extra of [".", "/", "@", ":", "-", "x", "\0", "%00", "é", "*", ".com", " "])
      for (const text of [extra + named, named + extra, named.replace("//", `//${extra}`)])
        if (text !== "https://-a.preview.example.com" && text !== "https://xa.preview.example.com")
          expect({ text, isNamed: isNamed(text) }).toEqual({ text, isNamed: false });
  });
});

describe("what a project may name", () => {
  it.each([
    "*",
    "https://app.example.com",
    "http://localhost:3000",
    "http://127.0.0.1:*",
    "https://*.example.com",
    "https://*.*.example.com",
    "http://*.localhost:*",
    "capacitor://localhost",
    "chrome-extension://abcdefghijklmnop",
    "https://xn--mller-kva.example",
  ])("is %s", (text) => expect(originProblem(text)).toBeUndefined());

  it.each([
    ["app.example.com", /as a browser sends it/],
    ["https://app.example.com/", /as a browser sends it/],
    ["https://app.example.com/path", /as a browser sends it/],
    ["https://App.example.com", /lower case/],
    ["HTTPS://app.example.com", /lower case/],
    ["https://müller.example", /xn--/],
    ["https://app.example.com:443", /leave out :443/],
    ["http://app.example.com:80", /leave out :80/],
    ["https://app.example.com:0", /1 to 65535/],
    ["https://app.example.com:99999", /1 to 65535/],
    ["https://user@app.example.com", /as a browser sends it/],
    ["https://*", /two labels/],
    ["https://*.com", /two labels/],
    ["https://app.*", /two labels/],
    ["https://*example.com", /one whole label/],
    ["https://pr-*.example.com", /one whole label/],
    ["https://**.example.com", /one whole label/],
    ["http*://app.example.com", /as a browser sends it/],
    ["https://a..example.com", /as browsers send it/],
    ["https://127.1", /as browsers send it/],
    ["file:///app", /./],
    ["null", /as a browser sends it/],
    ["", /as a browser sends it/],
  ])("is not %s, and is told why", (text, why) => expect(originProblem(text)).toMatch(why));
});
