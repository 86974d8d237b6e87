import { expect, it } from "vitest";
import { startHaproxy, startNginx } from "../services/balancers.ts";
import { describeWith } from "../services/needs.ts";
import { useBridgeFile } from "./bridge-process.ts";
import { replace } from "./replacement.ts";

useBridgeFile();

const releases = ["one", "two", "three", "four", "three", "two", "one"];

await describeWith(["haproxy"], "releases that are replaced behind HAProxy, there and back", () => {
  it("fail no call and lose no write", async ({ annotate }) => {
    const { calls, ...faults } = await replace(startHaproxy, releases, 3_000);
    await annotate(`${calls} calls`);
    expect(faults).toEqual({ failed: [], repeated: 0, wrong: [] });
  });
});

await describeWith(["nginx"], "releases that are replaced behind nginx, there and back", () => {
  it("fail no call and lose no write", async ({ annotate }) => {
    const { calls, repeated, ...faults } = await replace(startNginx, releases, 3_000);
    // When it is told of other servers, nginx closes connections that its clients keep.
    await annotate(`${calls} calls, ${repeated} of them sent again on a new connection`);
    expect(faults).toEqual({ failed: [], wrong: [] });
  });
});
