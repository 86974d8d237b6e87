import { describe, expect, it } from "vitest";
import { StkError } from "../../src/core/error.ts";
import {
  formatReference,
  formatTagged,
  isLoopback,
  parseReference,
  type Reference,
  registryOrigin,
  tagOf,
} from "../../src/oci/reference.ts";

const digest = `sha256:${"0123456789abcdef".repeat(4)}` as const;

const refusal = (text: string): StkError => {
  try {
    parseReference(text);
  } catch (error) {
    if (error instanceof StkError) return error;
    throw error;
  }
  throw new Error(`${text} was accepted`);
};

describe("parseReference", () => {
  it.each<[string, Reference]>([
    ["helpdesk", { repository: "helpdesk" }],
    ["helpdesk:v1", { repository: "helpdesk", tag: "v1" }],
    ["acme/helpdesk:v1", { repository: "acme/helpdesk", tag: "v1" }],
    ["localhost/helpdesk", { registry: "localhost", repository: "helpdesk" }],
    ["localhost:5000/helpdesk", { registry: "localhost:5000", repository: "helpdesk" }],
    ["127.0.0.1:5000/a/b:v1", { registry: "127.0.0.1:5000", repository: "a/b", tag: "v1" }],
    ["[::1]:5000/a:v1", { registry: "[::1]:5000", repository: "a", tag: "v1" }],
    ["[::0:1]:5000/a", { registry: "[::0:1]:5000", repository: "a" }],
    ["ghcr.io/acme/helpdesk", { registry: "ghcr.io", repository: "acme/helpdesk" }],
    ["GHCR.io/acme/helpdesk", { registry: "GHCR.io", repository: "acme/helpdesk" }],
    ["docker.io/node:22", { registry: "docker.io", repository: "library/node", tag: "22" }],
    ["docker.io/acme/node", { registry: "docker.io", repository: "acme/node" }],
    ["a__b/c--d.e_f:V_1.2-3", { repository: "a__b/c--d.e_f", tag: "V_1.2-3" }],
    [`helpdesk@${digest}`, { repository: "helpdesk", digest }],
    [
      `ghcr.io/acme/helpdesk:v1@${digest}`,
      { registry: "ghcr.io", repository: "acme/helpdesk", tag: "v1", digest },
    ],
    [`helpdesk:${"t".repeat(128)}`, { repository: "helpdesk", tag: "t".repeat(128) }],
  ])("reads %s", (text, reference) => {
    expect(parseReference(text)).toEqual(reference);
    expect(parseReference(formatReference(parseReference(text)))).toEqual(reference);
  });

  it.each([
    ["", "empty"],
    ["https://ghcr.io/acme/helpdesk", "scheme"],
    ["Helpdesk", "repository"],
    ["ghcr.io/", "repository"],
    ["/helpdesk", "repository"],
    ["acme//helpdesk", "repository"],
    ["acme/../helpdesk", "repository"],
    ["a/../../etc", "repository"],
    ["a___b", "repository"],
    ["-a", "repository"],
    ["helpdesk:", "tag"],
    ["helpdesk:.v1", "tag"],
    ["helpdesk:v1:v2", 'the tag "v1:v2"'],
    [`helpdesk:${"t".repeat(129)}`, "tag"],
    ["helpdesk:v1\n", "tag"],
    ["helpdesk@sha256:abc", "digest"],
    ["helpdesk@sha512:abc", "digest"],
    ["exa mple.com:80/a", "registry"],
    ["exa_mple.com/a", "registry"],
    ["me:hunter2@ghcr.io/a/b:v1", "credentials"],
    ["a@b@c", "credentials"],
    ["ghcr.io:99999/a", "registry"],
    ["0x7f.1/a", "registry"],
    ["2130706433.:5000/a", "registry"],
    ["ghcr.io?x=.y/a", "registry"],
    [`ghcr.io/${"a".repeat(250)}`, "longer"],
    ["a".repeat(2000), "longer"],
  ])("refuses %j and names the %s", (text, part) => {
    expect(refusal(text)).toMatchObject({
      code: "invalid_reference",
      message: expect.stringContaining(part),
      hint: expect.stringMatching(/\w/),
    });
  });

  it("shows a reference that is refused in part where it is long, and without who stands before @", () => {
    expect(refusal("a".repeat(2000)).message.length).toBeLessThan(300);
    expect(refusal("me@ghcr.io/a@b").message).toContain('"…@ghcr.io/a@b"');
  });

  it("never shows a password that stands in the reference", () => {
    for (const text of ["me:hunter2@ghcr.io/a/b:v1", "https://me:hunter2@ghcr.io/a", "me:hunter2@a@b/c"]) {
      expect(`${refusal(text).message} ${refusal(text).hint}`).not.toContain("hunter2");
    }
  });
});

describe("registryOrigin", () => {
  it.each([
    ["127.0.0.1:5000", "http://127.0.0.1:5000"],
    ["127.9.9.9", "http://127.9.9.9"],
    ["localhost:80", "http://localhost"],
    ["[::1]:5000", "http://[::1]:5000"],
    ["ghcr.io", "https://ghcr.io"],
    ["localhost.example.com", "https://localhost.example.com"],
    ["127.0.0.1.example.com:5000", "https://127.0.0.1.example.com:5000"],
    ["10.0.0.1:5000", "https://10.0.0.1:5000"],
    ["[2001:db8::1]:5000", "https://[2001:db8::1]:5000"],
    ["docker.io", "https://registry-1.docker.io"],
  ])("of %s is %s", (registry, origin) => {
    expect(registryOrigin(registry)).toBe(origin);
    expect(isLoopback(registry)).toBe(origin.startsWith("http://"));
  });
});

it("points to latest only where neither tag nor digest is named", () => {
  expect(tagOf({ repository: "a" })).toBe("latest");
  expect(tagOf({ repository: "a", tag: "v1", digest })).toBe("v1");
  expect(tagOf({ repository: "a", digest })).toBeUndefined();
  expect(formatTagged({ repository: "a" })).toBe("a:latest");
  expect(formatTagged({ repository: "a", digest })).toBeUndefined();
});
