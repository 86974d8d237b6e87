import pg from "pg";

/**
 * `postgres://HOST:PORT/DATABASE`: where a URL leads, as it may be shown. What the URL leaves out is taken as the driver
 * takes it, from `PGHOST` and its kin. A URL that is malformed may hold a password anywhere, so nothing of it is shown.
 *
 * @example shownUrl("postgres://ada:secret@/shop?host=/run/postgresql") // "postgres:///shop at /run/postgresql:5432"
 */
export function shownUrl(url: string): string {
  if (url.startsWith("pglite:")) return url;
  const parsed = URL.parse(url) ?? URL.parse(url.replace(/^(\w+:\/\/)[^/@?#]*@(?=$|[/?])/, "$1"));
  if (parsed === null || !/^postgres(ql)?:$/.test(parsed.protocol)) return unknown;
  if (`${parsed.pathname}${parsed.search}${parsed.hash}`.includes("@")) return unknown;
  const place = new URLSearchParams([...parsed.searchParams].filter(([name]) => /^(host|port)$/.test(name)));
  const {
    host,
    port,
    database = "",
  } = new pg.Client({
    connectionString: `postgres://${parsed.host}${parsed.pathname}?${place}`,
  });
  return host.startsWith("/")
    ? `postgres:///${database} at ${host}:${port}`
    : `postgres://${host.includes(":") ? `[${host}]` : host}:${port}/${database}`;
}

const unknown = "the database";
