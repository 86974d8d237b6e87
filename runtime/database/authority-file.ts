import { Refusal } from "./refusal.ts";

/**
 * Refuses what `sslrootcert` names where it holds no certificate: Node takes it for a list of no authorities, and then
 * says of the server's certificate that its authority is not known.
 *
 * @throws {Refusal} `no_certificate`.
 */
export function assertAuthority(text: string): void {
  if (/-----BEGIN [A-Z0-9 ]*CERTIFICATE-----/.test(text)) return;
  throw new Refusal(
    "no_certificate",
    "The file that sslrootcert names holds no certificate: it is to be PEM.",
  );
}
