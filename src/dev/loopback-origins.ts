import { defaults } from "../../config/defaults.ts";
import type { Manifest } from "../../schema/manifest.ts";

const hosts = ["localhost", "*.localhost", "127.0.0.1", "[::1]"];
const loopback = hosts.flatMap((host) => [`http://${host}:*`, `https://${host}:*`]);

/** Lets pages of this machine call while a project is worked on, whatever its front end's port. */
export function withLoopbackOrigins(manifest: Manifest): Manifest {
  const { server } = manifest;
  const cors = server.cors ?? {
    origins: [],
    credentials: false,
    allowHeaders: [],
    exposeHeaders: [],
    maxAgeMs: defaults.cors.maxAgeMs,
  };
  return { ...manifest, server: { ...server, cors: { ...cors, origins: [...cors.origins, ...loopback] } } };
}
