import { PGLiteSocketServer } from "@electric-sql/pglite-socket";
import type { EmbeddedDatabase } from "../database/pglite.ts";
import { applySessionSettings } from "./session-settings.ts";

/** An embedded database that listens on TCP. */
export type DatabaseServer = { url: string; close(): Promise<void> };

/**
 * Serves an embedded database on a free port of the loopback interface.
 *
 * All that connects shares the engine's one session, so a client may hold one connection (STK_POOL=1). A second one is
 * taken only because a client that lost its first must be able to come back.
 */
export async function serveDatabase(database: EmbeddedDatabase): Promise<DatabaseServer> {
  await applySessionSettings(database);
  const server = new PGLiteSocketServer({
    db: database.pglite,
    host: "127.0.0.1",
    port: 0,
    maxConnections: 2,
  });
  // Statements that the connection before this one has named are still there.
  server.addEventListener("connection", () => void database.script("deallocate all").catch(() => undefined));
  await server.start();
  return {
    url: `postgres://postgres:postgres@${server.getServerConn()}/postgres?sslmode=disable`,
    close: () => server.stop(),
  };
}
