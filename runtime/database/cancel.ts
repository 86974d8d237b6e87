import pg from "pg";

declare module "pg" {
  // What pg has and its types leave out: lib/client.js and lib/connection.js.
  interface ClientBase {
    readonly processID: number | null;
    readonly secretKey: number | null;
  }
  interface Connection {
    connect(port: number, host: string): void;
    requestSsl(): void;
    cancel(processId: number, secretKey: number): void;
  }
}

const timeoutMs = 5_000;

/**
 * Asks Postgres to cancel what a client runs at this moment (PostgreSQL manual, 55.2.8 "Canceling Requests in
 * Progress"), over a socket of its own. Nothing says whether it came in time; `statement_timeout` is the last word.
 */
export function cancel(client: pg.Client): void {
  const { processID, secretKey, host, port, ssl } = client;
  if (processID === null || secretKey === null) return;
  const connection = new pg.Connection({ ssl });
  const send = () => connection.cancel(processID, secretKey);
  connection.on("connect", () => (ssl ? connection.requestSsl() : send()));
  connection.on("sslconnect", send);
  connection.on("error", () => connection.stream.destroy());
  const timer = setTimeout(() => connection.stream.destroy(), timeoutMs);
  connection.on("end", () => clearTimeout(timer));
  connection.connect(port, host.startsWith("/") ? `${host}/.s.PGSQL.${port}` : host);
}
