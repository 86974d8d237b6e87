/** Why a connection to a database did not come about, in words that name no host, user or password. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  /** Postgres' SQLSTATE, or the code of Node's own error. */
  readonly code: string;

  constructor(code: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** By SQLSTATE (PostgreSQL manual, Appendix A), with the routine of Postgres where it tells more, or by the code of Node's error. */
const words: Readonly<Record<string, string>> = {
  "28P01": "The database refused the password of the role.",
  "28000 InitializeSessionUserId":
    "The database has no such role, or the role may not log in (`alter role ... login`).",
  "28000": "The database lets this role in from here under no rule: look at pg_hba.conf, and at sslmode.",
  "3D000": "The server has no database of this name.",
  "53300": "The server has no connection left: raise max_connections, or lower `pool`.",
  "53300 InitializeSessionUserId":
    "The role has no connection left: raise its limit (`alter role ... connection limit`), or lower `pool`.",
  "53300 CheckMyDatabase":
    "The database has no connection left: raise its limit (`alter database ... connection limit`), or lower `pool`.",
  "57P01": "The server is shutting down, or the session was terminated (pg_terminate_backend).",
  "57P02": "The server ended all sessions, as one of its processes crashed.",
  "57P03": "The server is starting up or shutting down.",
  "42501": "The role may not connect to the database: grant it CONNECT.",
  ECONNREFUSED: "Nothing listens at the host and port of the URL.",
  ENOTFOUND: "The host name of the URL is not known.",
  EAI_AGAIN: "The host name of the URL could not be looked up: the name server does not answer.",
  ETIMEDOUT: "The host of the URL does not answer.",
  EHOSTUNREACH: "There is no route to the host of the URL.",
  ENETUNREACH: "There is no route to the network of the host of the URL.",
  ECONNRESET: "The connection was closed before the database answered.",
  ENOENT:
    "A file that the URL names does not exist: the directory of a socket, sslrootcert, sslcert or sslkey.",
  EISDIR: "A file that the URL names is a directory: sslrootcert, sslcert or sslkey.",
  EACCES:
    "A file that the URL names may not be read: the directory of a socket, sslrootcert, sslcert or sslkey.",
  ERR_ACCESS_DENIED:
    "A file that the URL names may not be read by the Bridge: mount sslrootcert, sslcert and sslkey below /etc/ssl.",
  DEPTH_ZERO_SELF_SIGNED_CERT:
    "The server's certificate is signed by itself: name its authority by sslrootcert.",
  SELF_SIGNED_CERT_IN_CHAIN:
    "The authority of the server's certificate is not known: name it by sslrootcert.",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    "The authority of the server's certificate is not known: name it by sslrootcert.",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    "The authority of the server's certificate is not known: name it by sslrootcert.",
  CERT_HAS_EXPIRED: "The server's certificate has expired.",
  ERR_TLS_CERT_ALTNAME_INVALID: "The server's certificate is for another host name.",
};

/** By what the driver says, where it gives no code. */
const sayings: readonly (readonly [RegExp, string, string])[] = [
  [/timeout expired/, "timeout", "The database did not answer within `connectTimeout`."],
  [
    /does not support SSL/,
    "no_tls",
    "The server does not speak TLS, which the `sslmode` of the URL asks for.",
  ],
  [/terminated unexpectedly/, "closed", "The connection was closed before the database answered."],
  [
    /SASL|password must be/i,
    "no_password",
    "The server asks for a password, and the URL has none that it takes.",
  ],
];

/** What an attempt to connect failed with, in words. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const first = error instanceof AggregateError ? error.errors[0] : error;
  if (!(first instanceof Error)) return new Refusal("unknown", "The database refused a connection.", error);
  const code = "code" in first && typeof first.code === "string" ? first.code : undefined;
  const routine = "routine" in first ? first.routine : undefined;
  const known = code === undefined ? undefined : (words[`${code} ${routine}`] ?? words[code]);
  if (code !== undefined && known !== undefined) return new Refusal(code, known, error);
  const saying = sayings.find(([pattern]) => pattern.test(first.message));
  if (saying !== undefined) return new Refusal(saying[1], saying[2], error);
  const said = routine === undefined ? "" : ` It said: ${first.message}.`; // Postgres', or a pooler's
  return new Refusal(code ?? "unknown", `The database refused a connection.${said}`, error);
}
