const attributes = ["any", "read-write", "read-only", "primary", "standby", "prefer-standby"] as const;

/** Which server of several is wanted (PostgreSQL manual, 34.1.2, `target_session_attrs`). */
export type TargetAttributes = (typeof attributes)[number];

/** A connection URL, taken apart. */
export type ReadUrl = {
  /** Each server with its name for the log, and the URL of it alone. */
  readonly servers: readonly { readonly server: string; readonly url: string }[];
  readonly wanted: TargetAttributes;
  readonly options: string | undefined;
};

const shape =
  /^(?:postgres|postgresql):\/\/(?:(?<user>[^/?#]*)@)?(?<hosts>[^/?#@]*)(?:\/(?<database>[^?#]*))?(?:\?(?<query>[^#]*))?$/;
/** What is read here, or means nothing to the driver. */
const taken = [
  ...["host", "port", "options", "target_session_attrs", "load_balance_hosts", "connect_timeout"],
  ...["keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout"],
];

/**
 * Reads the forms of libpq's URLs (PostgreSQL manual, 34.1.1.2): several hosts with their ports, in the authority or in
 * `host` and `port`, and directories of Unix sockets in either. Undefined where it is none.
 *
 * @example readUrl("postgres://ada@a:1,b:2/shop")?.servers.map(({ server }) => server) // ["a:1", "b:2"]
 */
export function readUrl(url: string): ReadUrl | undefined {
  const parts = shape.exec(url.trim())?.groups;
  if (parts === undefined) return undefined;
  const { user, hosts = "", database = "", query = "" } = parts;
  const params = new URLSearchParams(query);
  const named = params.get("host");
  const ports = params.get("port")?.split(",") ?? [];
  const wanted = attributes.find((one) => one === (params.get("target_session_attrs") ?? "any"));
  const options = params.get("options") ?? undefined;
  for (const name of taken) params.delete(name);
  const rest = params.size === 0 ? "" : `?${params}`;
  const places =
    named === null ? hosts.split(",").map(placeOf) : named.split(",").map((host) => ({ host, port: "" }));
  const servers = places.map((place, index) => {
    const host = place?.host || "localhost";
    const port = place?.port || ports[index] || (ports.length === 1 ? ports[0] : "") || "5432";
    const authority = host.startsWith("/")
      ? encodeURIComponent(host)
      : host.includes(":")
        ? `[${host}]`
        : host;
    const server = host.startsWith("/") ? `${host}/.s.PGSQL.${port}` : `${authority}:${port}`;
    return {
      server,
      url: `postgres://${user === undefined ? "" : `${user}@`}${authority}:${port}/${database}${rest}`,
    };
  });
  const isWhole =
    places.every((place) => place !== undefined) && servers.every((one) => URL.canParse(one.url));
  return isWhole && wanted !== undefined ? { servers, wanted, options } : undefined;
}

const place = /^(?:\[(?<six>[0-9A-Fa-f:.]+)\]|(?<host>[^:[\]]*))(?::(?<port>\d*))?$/;

/** `HOST`, `HOST:PORT`, `[IPv6]:PORT` or a directory as `%2Frun`. */
function placeOf(text: string): { host: string; port: string } | undefined {
  const parts = place.exec(text)?.groups;
  if (parts === undefined) return undefined;
  const { six, host = "", port = "" } = parts;
  try {
    return { host: six ?? decodeURIComponent(host), port };
  } catch {
    return undefined;
  }
}
