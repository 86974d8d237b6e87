import { expect, it } from "vitest";
import { startHaproxy } from "../services/balancers.ts";
import { describeWith } from "../services/needs.ts";
import { useBridgeFile } from "./bridge-process.ts";
import { replace } from "./replacement.ts";

useBridgeFile();

await describeWith(["haproxy"], "a release that is replaced behind HAProxy", () => {
  it("fails no call and loses no write", async () => {
    const { calls, ...faults } = await replace(startHaproxy, ["old", "new"], 1_000);
    expect(faults).toEqual({ failed: [], repeated: 0, wrong: [] });
    expect(calls).toBeGreaterThan(100);
  });
});
