const attributes = ["any", "read-write", "read-only", "primary", "standby", "prefer-standby"] as const;

/** Which server of several is wanted (PostgreSQL manual, 34.1.2, `target_session_attrs`). */
export type TargetAttributes = (typeof attributes)[number];

const sslModes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full", "no-verify"] as const;

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

/** Which part of a URL is not as libpq has it. The message shows no part that may be of a password. */
export class UrlFault extends Error {}

/**
 * Reads the forms of libpq's URLs (PostgreSQL manual, 34.1.1.2): several hosts with their ports, in the authority or in
 * `host` and `port`, and directories of Unix sockets in either.
 *
 * @throws {UrlFault} where it is none.
 * @example readUrl("postgres://ada@a:1,b:2/shop").servers.map(({ server }) => server) // ["a:1", "b:2"]
 */
export function readUrl(url: string): ReadUrl {
  const { user, hosts = "", database = "", query = "" } = partsOf(url.trim());
  const params = new URLSearchParams(query);
  const named = params.get("host");
  const ports = params.get("port")?.split(",") ?? [];
  const wanted = oneOf("target_session_attrs", attributes, params) ?? "any";
  oneOf("sslmode", sslModes, params);
  const options = params.get("options") ?? undefined;
  for (const name of taken) params.delete(name);
  const rest = params.size === 0 ? "" : `?${params}`;
  const places =
    named === null ? hosts.split(",").map(placeOf) : named.split(",").map((host) => ({ host, port: "" }));
  const servers = places.map((place, index) => {
    const host = place.host || "localhost";
    const port = place.port || ports[index] || (ports.length === 1 ? ports[0] : "") || "5432";
    if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535)
      throw new UrlFault("A port is no number from 1 to 65535.");
    const authority = host.startsWith("/")
      ? encodeURIComponent(host)
      : host.includes(":")
        ? `[${host}]`
        : host;
    const server = host.startsWith("/") ? `${host}/.s.PGSQL.${port}` : `${authority}:${port}`;
    const alone = `postgres://${user === undefined ? "" : `${user}@`}${authority}:${port}/${database}${rest}`;
    if (!URL.canParse(alone)) throw new UrlFault(noHost);
    return { server, url: alone };
  });
  return { servers, wanted, options };
}

function partsOf(url: string): Partial<Record<string, string>> {
  const scheme = /^(\w+):\/\//.exec(url)?.[1];
  if (scheme === undefined)
    throw new UrlFault(
      /^\w+\s*=/.test(url)
        ? "It is a list of `key=value`, and no URL."
        : "It does not begin with `postgres://`.",
    );
  if (scheme !== "postgres" && scheme !== "postgresql")
    throw new UrlFault(`It begins with \`${scheme}://\`, not with \`postgres://\`.`);
  const [authority = ""] = /(?<=:\/\/)[^/?#]*/.exec(url) ?? [];
  const tail = url.slice(url.indexOf("://") + "://".length + authority.length);
  if (url.includes("#") || (!authority.includes("@") && /^[^=]*@/.test(tail)))
    throw new UrlFault(
      "A `#`, `/` or `?` of the user or the password is not percent-encoded: write `%23`, `%2F` or `%3F`.",
    );
  const parts = shape.exec(url)?.groups;
  if (parts === undefined) throw new UrlFault(noHost);
  return parts;
}

/** The value of a parameter that takes one of a few; libpq too refuses others by the parameter's name. */
function oneOf<Value extends string>(
  name: string,
  values: readonly Value[],
  params: URLSearchParams,
): Value | undefined {
  const given = params.get(name);
  const found = values.find((one) => one === given);
  if (given !== null && found === undefined)
    throw new UrlFault(`\`${name}\` is none of ${values.map((one) => `\`${one}\``).join(", ")}.`);
  return found;
}

const noHost =
  "A host is no name, no IP address and no directory as `%2Frun`; an IPv6 address stands in `[]`.";

const place = /^(?:\[(?<six>[0-9A-Fa-f:.]+)\]|(?<host>[^:[\]]*))(?::(?<port>[^:]*))?$/;

/** `HOST`, `HOST:PORT`, `[IPv6]:PORT` or a directory as `%2Frun`. */
function placeOf(text: string): { host: string; port: string } {
  const parts = place.exec(text)?.groups;
  if (parts === undefined) throw new UrlFault(noHost);
  const { six, host = "", port = "" } = parts;
  try {
    return { host: six ?? decodeURIComponent(host), port };
  } catch {
    throw new UrlFault(noHost);
  }
}
