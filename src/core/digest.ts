import { createHash } from "node:crypto";

/** A content address: `sha256:` and 64 hexadecimal digits (OCI image specification, "Digests"). */
export type Digest = `sha256:${string}`;

const form = /^sha256:[0-9a-f]{64}$/;

/** The digest of bytes, or of a text's UTF-8. */
export const digestOf = (content: Uint8Array | string): Digest =>
  `sha256:${createHash("sha256").update(content).digest("hex")}`;

/** Whether a text is a {@link Digest}. */
export const isDigest = (text: string): text is Digest => form.test(text);
