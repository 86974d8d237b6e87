import { chmod, chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { Database } from "../../src/database/database.ts";
import { openPostgres } from "../../src/database/postgres.ts";
import { type PostgresServer, startPostgres, unprivilegedUser } from "../services/postgres-server.ts";
import { temporaryDirectory } from "../services/temporary.ts";

const open = (url: string): Promise<Database> =>
  openPostgres({ url, applicationName: "test", connectTimeoutMs: 5_000 });

/** Whether a session of a URL is encrypted. */
async function isEncrypted(url: string): Promise<unknown> {
  const database = await open(url);
  const [row] = await database.query("select ssl from pg_stat_ssl where pid = pg_backend_pid()");
  await database.close();
  return row?.ssl;
}

let server: PostgresServer;
let keys = "";

/** A server that has a certificate for `localhost`, signed by itself. */
beforeAll(async () => {
  server = await startPostgres(18);
  keys = await mkdtemp(path.join(tmpdir(), "santokit-keys-"));
  await chmod(keys, 0o755);
  await execa(
    "openssl",
    "req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout key.pem -out cert.pem".split(
      " ",
    ),
    { cwd: keys },
  );
  const user = await unprivilegedUser();
  if (user !== undefined) await chown(path.join(keys, "key.pem"), user.uid, user.gid);
  const admin = await open(server.url);
  await admin.query(`alter system set ssl_cert_file = '${keys}/cert.pem'`);
  await admin.query(`alter system set ssl_key_file = '${keys}/key.pem'`);
  await admin.query("alter system set ssl = on");
  await admin.query("select pg_reload_conf()");
  await admin.close();
  await vi.waitUntil(() => isEncrypted(`${server.url}?sslmode=no-verify`).catch(() => false), 5_000);
}, 60_000);
afterAll(async () => {
  await server.stop();
  await rm(keys, { recursive: true, force: true });
});
afterEach(() => vi.unstubAllEnvs());

/** The server by the name that its certificate is for. */
const named = (query: string): string =>
  `${server.url.replace("127.0.0.1", "localhost")}?${query.replace("ROOT", `sslrootcert=${keys}/cert.pem`)}`;

describe("TLS", () => {
  it.each([
    ["sslmode=disable", false],
    ["", false],
    ["sslmode=no-verify", true],
    ["sslmode=prefer&ROOT", true],
    ["sslmode=require&ROOT", true],
    ["sslmode=verify-ca&ROOT", true],
    ["sslmode=verify-full&ROOT", true],
  ])("with %s is %s", async (query, encrypted) => {
    expect(await isEncrypted(named(query))).toBe(encrypted);
  });

  it.each(["prefer", "require", "verify-ca", "verify-full"])(
    "is refused with %s where nobody vouches for the certificate",
    async (mode) => {
      await expect(open(named(`sslmode=${mode}`))).rejects.toMatchObject({
        code: "database_refused",
        message: expect.stringContaining("self-signed certificate"),
        hint: expect.stringContaining("sslrootcert"),
      });
    },
  );

  it("is refused where the certificate is for another name", async () => {
    const url = `${server.url}?sslmode=verify-full&sslrootcert=${keys}/cert.pem`;
    await expect(open(url)).rejects.toMatchObject({
      code: "database_refused",
      message: expect.stringContaining("127.0.0.1"),
      hint: expect.stringContaining("sslmode"),
    });
  });

  it("is refused where the file of the authority is not there, which is named", async () => {
    await expect(open(named("sslmode=verify-full&sslrootcert=/nowhere/ca.pem"))).rejects.toMatchObject({
      code: "database_unreachable",
      message: expect.stringContaining("/nowhere/ca.pem"),
    });
  });

  it("is refused by a server that has none, and is not left out instead", async () => {
    const plain = await startPostgres(18);
    await expect(open(`${plain.url}?sslmode=prefer`)).rejects.toMatchObject({ code: "database_refused" });
    await plain.stop();
  }, 60_000);
});

describe("what the URL leaves out", () => {
  it("is TLS as the variable says, but where the URL says it", async () => {
    vi.stubEnv("PGSSLMODE", "no-verify");
    expect(await isEncrypted(server.url)).toBe(true);
    expect(await isEncrypted(named("sslmode=disable"))).toBe(false);
    vi.stubEnv("PGSSLMODE", "require");
    await expect(open(server.url)).rejects.toMatchObject({ code: "database_refused" });
  });

  it("is taken from the variables of libpq, and what it says is not", async () => {
    const { hostname, port, password } = new URL(server.url);
    vi.stubEnv("PGHOST", hostname);
    vi.stubEnv("PGPORT", port);
    vi.stubEnv("PGUSER", "postgres");
    vi.stubEnv("PGPASSWORD", password);
    vi.stubEnv("PGDATABASE", "template1");
    const nameOf = async (url: string): Promise<unknown> => {
      const database = await open(url);
      const [row] = await database.query("select current_database() as name");
      await database.close();
      return row?.name;
    };
    expect(await nameOf("postgres://")).toBe("template1");
    expect(await nameOf("postgres:///postgres")).toBe("postgres");
    vi.stubEnv("PGHOST", "nowhere.invalid");
    vi.stubEnv("PGPASSWORD", "wrong");
    expect(await nameOf(server.url)).toBe("postgres");
    await expect(open(server.url.replace(`:${password}`, ""))).rejects.toMatchObject({
      code: "database_refused",
    });
  });

  it("is a password from the password file", async () => {
    const { hostname, port, password } = new URL(server.url);
    const file = path.join(temporaryDirectory(), "pgpass");
    await writeFile(file, `${hostname}:${port}:*:postgres:${password}\n`, { mode: 0o600 });
    vi.stubEnv("PGPASSFILE", file);
    vi.stubEnv("PGPASSWORD", undefined);
    const database = await open(server.url.replace(`:${password}`, ""));
    expect(await database.query("select 1 as one")).toEqual([{ one: 1 }]);
    await database.close();
  });
});
