import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import { digestOf } from "../../src/core/digest.ts";

/** Answers a request in place of the double; true when it did. */
export type Trouble = (
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
) => boolean | Promise<boolean>;

/** A registry in this process that speaks the distribution protocol, and can be told to misbehave. */
export type RegistryDouble = {
  /** As it stands in a reference. */
  host: string;
  blobs: Map<string, Buffer>;
  manifests: Map<string, { type: string; content: Buffer }>;
  /** `METHOD /path?query` of each request, in order. */
  requests: string[];
  headers: IncomingMessage["headers"][];
  trouble: Trouble;
};

/** Starts one; it is stopped at the end of the test. Blobs are named `repository@digest`, manifests `repository@name`. */
export async function registryDouble(trouble: Trouble = () => false): Promise<RegistryDouble> {
  const double: RegistryDouble = {
    host: "",
    blobs: new Map(),
    manifests: new Map(),
    requests: [],
    headers: [],
    trouble,
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://double");
    double.requests.push(`${request.method} ${url.pathname}${url.search}`);
    double.headers.push(request.headers);
    void (async () => {
      if (!(await double.trouble(request, response, url))) await answer(double, request, response, url);
    })().catch((error: Error) => response.destroy(error));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The double has no port.");
  double.host = `127.0.0.1:${address.port}`;
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return double;
}

async function answer(
  double: RegistryDouble,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const [, repository = "", kind, name = ""] =
    /^\/v2\/(.+)\/(blobs|manifests)\/(.*)$/.exec(url.pathname) ?? [];
  const body = await buffer(request);
  const created = (digest: string) => response.writeHead(201, { "docker-content-digest": digest }).end();
  const key = `${repository}@${name}`;

  if (kind === "blobs" && name.startsWith("uploads/")) {
    const mounted = double.blobs.get(`${url.searchParams.get("from")}@${url.searchParams.get("mount")}`);
    if (request.method === "POST" && mounted !== undefined) {
      double.blobs.set(`${repository}@${url.searchParams.get("mount")}`, mounted);
      created(url.searchParams.get("mount") ?? "");
      return;
    }
    if (request.method === "POST") {
      response.writeHead(202, { location: `/v2/${repository}/blobs/uploads/1?_state=kept` }).end();
      return;
    }
    const digest = url.searchParams.get("digest") ?? "";
    if (url.searchParams.get("_state") !== "kept" || digestOf(body) !== digest) {
      response.writeHead(400).end(JSON.stringify({ errors: [{ code: "DIGEST_INVALID", message: "no" }] }));
      return;
    }
    double.blobs.set(`${repository}@${digest}`, body);
    created(digest);
    return;
  }
  if (kind === "manifests" && request.method === "PUT") {
    const entry = { type: request.headers["content-type"] ?? "", content: body };
    double.manifests.set(key, entry);
    double.manifests.set(`${repository}@${digestOf(body)}`, entry);
    created(digestOf(body));
    return;
  }
  const manifest = kind === "manifests" ? double.manifests.get(key) : undefined;
  const content = kind === "blobs" ? double.blobs.get(key) : manifest?.content;
  if (content === undefined) {
    response.writeHead(404).end(JSON.stringify({ errors: [{ code: "UNKNOWN", message: "unknown" }] }));
    return;
  }
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
  response.writeHead(start > 0 ? 206 : 200, {
    "content-type": manifest?.type ?? "application/octet-stream",
    "content-length": content.byteLength - start,
    "docker-content-digest": digestOf(content),
  });
  response.end(request.method === "HEAD" ? undefined : content.subarray(start));
}
