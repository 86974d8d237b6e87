import { describe, expect, it } from "vitest";
import { findSecrets, maskSecrets } from "../../src/project/secrets.ts";

describe("findSecrets", () => {
  it.each([
    "url: ${DATABASE_URL}",
    "password: ${ADMIN_PASSWORD}",
    "  token: { type: text, nullable: false }",
    "  password_hash: { type: text }",
    "  secret: true",
    "issuer: https://login.example.com/realms/helpdesk",
    "url: postgres://localhost:5432/helpdesk",
    "# postgres://app:${PASSWORD}@db/x",
    "roles: [token_issuer_of_the_company]",
    "default: gen_random_uuid()",
  ])("lets %s pass", (line) => {
    expect(findSecrets(line, "yaml")).toEqual([]);
  });

  it.each([
    "const password: string = params.password;",
    "const token = context.env.PAGER_TOKEN;",
    'throw context.fail("invalid", "The password is missing.");',
    'const passwordLabel = "Password";',
    'const tokenName = "PAGER_TOKEN";',
    "where password = crypt(:password, password)",
    "select id from tokens where token = :token",
  ])("lets code pass: %s", (line) => {
    expect(findSecrets(line, "code")).toEqual([]);
  });

  it.each([
    ["yaml", "password: hunter2!x"],
    ["yaml", "apiKey: 9f86d081884c7d659a2feaa0c55ad015"],
    ["yaml", "main: { url: mysql://root:toor@127.0.0.1 }"],
    ["code", 'const apiToken = "9f86d081884c7d659a2feaa0c55ad015";'],
    ["code", "{ password: 'S3cret-Value' }"],
    ["code", 'fetch("https://x", { key: "sk_live_abcdefghijklmnop1234" })'],
    ["code", "xoxb-1234567890-abcdefghij"],
  ] as const)("finds the one in %s: %s", (language, line) => {
    expect(findSecrets(line, language)).toHaveLength(1);
  });

  it("masks no more than the secret, and keeps the lines", () => {
    const text = "a: 1\npassword: hunter2!x\nb: 2\n";
    expect(maskSecrets(text, findSecrets(text, "yaml"))).toBe("a: 1\npassword: *********\nb: 2\n");
  });

  it("takes time in proportion to hostile text", () => {
    const msFor = (repeats: number): number => {
      const started = performance.now();
      for (const piece of ["password=", "a://", "eyJ", "-----BEGIN ", "token: 'x", "a:b@", "-eyJ", "a"])
        findSecrets(piece.repeat(repeats), "code");
      return performance.now() - started;
    };
    msFor(5_000); // compiled by then
    // Eight times the text: 64 times the time where it grew with the square.
    expect(msFor(40_000) / msFor(5_000)).toBeLessThan(32);
  });
});
