/**
 * A URL of Postgres whose `sslmode` says what its driver does: `allow`, `prefer`, `require` and `verify-ca` are
 * `verify-full` to it, and it writes a warning of several lines at each of them.
 *
 * @example verifiedTls("postgres://host/shop?sslmode=require") // postgres://host/shop?sslmode=verify-full
 */
export const verifiedTls = (url: string): string =>
  /[?&]uselibpqcompat=true(&|$)/.test(url)
    ? url
    : url.replace(/(?<=[?&]sslmode=)(?:allow|prefer|require|verify-ca)(?=&|$)/g, "verify-full");
