import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { createBridgeServer } from "../../../runtime/http/server.ts";

describe("a slow client", () => {
  it.each([
    ["headers", "POST /call HTTP/1.1\r\nhost: a\r\nx: "],
    [
      "a body",
      "POST /call HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{",
    ],
  ])("that drips %s is not waited for, while others are served", async (_, start) => {
    const server = createBridgeServer((request, response) => {
      request
        .on("error", () => undefined)
        .on("end", () => response.end("ok"))
        .resume();
    });
    expect({ headers: server.headersTimeout, request: server.requestTimeout }).toEqual({
      headers: 10_000,
      request: 30_000,
    });
    server.headersTimeout = 300;
    server.requestTimeout = 600;
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("The server has no port.");
    const slow = connect(address.port, "127.0.0.1");
    slow.on("error", () => undefined);
    let received = "";
    slow.on("data", (chunk: Buffer) => {
      received += chunk.toString();
    });
    slow.write(start);
    const drip = setInterval(() => slow.write("a"), 50);
    const closed = once(slow, "close");
    expect((await fetch(`http://127.0.0.1:${address.port}/`)).status).toBe(200);
    await closed;
    clearInterval(drip);
    expect(received).toMatch(/^HTTP\/1\.1 408 Request Timeout/);
  });
});
