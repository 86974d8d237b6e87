import { describe, expect, it } from "vitest";
import { RegistryFailure } from "../../src/oci/failure.ts";
import { parseRetryAfter, type RetryOptions, retry, retryDefaults } from "../../src/oci/retry.ts";

const temporary = (retryAfterMs?: number) =>
  new RegistryFailure("registry_error", "busy", { temporary: true, retryAfterMs });

async function waitsOf(failures: readonly Error[], options: Partial<RetryOptions> = {}) {
  const waits: number[] = [];
  const left = [...failures];
  const sleep = async (ms: number) => {
    waits.push(ms);
  };
  const outcome = await retry(
    async () => {
      const failure = left.shift();
      if (failure !== undefined) throw failure;
      return "done";
    },
    { ...retryDefaults, random: () => 1, sleep, ...options },
  ).catch((error: Error) => error.message);
  return { waits, outcome };
}

describe("retry", () => {
  it("waits twice as long each time, up to its cap", async () => {
    const failures = Array.from({ length: 5 }, () => temporary());
    expect(await waitsOf(failures, { attempts: 9, capMs: 1_500 })).toEqual({
      waits: [250, 500, 1_000, 1_500, 1_500],
      outcome: "done",
    });
  });

  it("waits at least half of that, whatever chance says", async () => {
    expect((await waitsOf([temporary()], { random: () => 0 })).waits).toEqual([125]);
  });

  it("waits for as long as it was asked to", async () => {
    expect(await waitsOf([temporary(7_000)])).toEqual({ waits: [7_000], outcome: "done" });
  });

  it("gives up at once where it is asked to wait for too long", async () => {
    expect(await waitsOf([temporary(61_000)])).toEqual({ waits: [], outcome: "busy" });
  });

  it("gives up after its last attempt", async () => {
    const { waits, outcome } = await waitsOf(Array.from({ length: 9 }, () => temporary()));
    expect([waits.length, outcome]).toEqual([4, "busy"]);
  });

  it("does not repeat what fails for good", async () => {
    expect(await waitsOf([new RegistryFailure("registry_denied", "no")])).toEqual({
      waits: [],
      outcome: "no",
    });
    expect(await waitsOf([new TypeError("a defect")])).toEqual({ waits: [], outcome: "a defect" });
  });
});

describe("parseRetryAfter", () => {
  const now = Date.parse("2026-11-21T00:00:00Z");
  it.each([
    ["3", 3_000],
    ["0", 0],
    ["Sat, 21 Nov 2026 00:00:09 GMT", 9_000],
    ["Fri, 20 Nov 2026 00:00:00 GMT", 0],
    ["-3", undefined],
    ["1e9", undefined],
    ["soon", undefined],
    ["99999999999", undefined],
    [undefined, undefined],
  ])("of %j is %j", (header, wait) => {
    expect(parseRetryAfter(header, now)).toBe(wait);
  });
});
