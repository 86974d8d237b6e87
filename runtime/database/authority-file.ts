import { readFileSync } from "node:fs";
import { Refusal } from "./refusal.ts";

/**
 * Refuses an `sslrootcert` without a certificate: Node takes it for a list of no authorities, and then says of the
 * server's certificate that its authority is not known.
 *
 * @throws {Refusal} `no_certificate`; the error of Node where the file cannot be read.
 */
export function assertAuthority(url: string): void {
  const file = new URL(url).searchParams.get("sslrootcert");
  if (
    file === null ||
    file === "" ||
    /-----BEGIN [A-Z0-9 ]*CERTIFICATE-----/.test(readFileSync(file, "latin1"))
  )
    return;
  throw new Refusal(
    "no_certificate",
    "The file that sslrootcert names holds no certificate: it is to be PEM.",
  );
}
