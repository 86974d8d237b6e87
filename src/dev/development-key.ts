import { randomUUID } from "node:crypto";
import { link, readFile, rm, writeFile } from "node:fs/promises";
import { exportJWK, generateKeyPair } from "jose";
import { z } from "zod";
import { StkError } from "../core/error.ts";
import { stateFile } from "./state-directory.ts";

const privateJwk = z.object({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  x: z.string(),
  y: z.string(),
  d: z.string(),
  kid: z.string(),
  alg: z.literal("ES256"),
});

/** The key that signs a project's development tokens (RFC 7517). `d` is its secret part. */
export type DevelopmentKey = z.infer<typeof privateJwk>;

/**
 * The project's development key in `.stk/dev-key.json`, made at the first use and readable by its owner only.
 *
 * @throws {StkError} `invalid_development_key` where the file is damaged.
 */
export async function developmentKey(root: string): Promise<DevelopmentKey> {
  const file = await stateFile(root, "dev-key.json");
  const text = (await read(file)) ?? (await make(file));
  const parsed = privateJwk.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  throw new StkError("invalid_development_key", `${file} is not a key of stk's.`, {
    hint: "Delete the file: the next run makes a new key, and tokens of the old one are no longer believed.",
  });
}

/** The public half as a JWKS (RFC 7517, section 5), as the Bridge takes it in STK_DEV_JWKS. */
export const developmentJwks = ({ kty, crv, x, y, kid, alg }: DevelopmentKey): string =>
  JSON.stringify({ keys: [{ kty, crv, x, y, kid, alg, use: "sig" }] });

async function read(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** Written beside and linked, so that of two processes that begin at once both take the key of the first. */
async function make(file: string): Promise<string> {
  const { privateKey } = await generateKeyPair("ES256", { extractable: true });
  const key = { ...(await exportJWK(privateKey)), alg: "ES256", kid: randomUUID() };
  const unfinished = `${file}.${randomUUID()}`;
  await writeFile(unfinished, `${JSON.stringify(key, null, 2)}\n`, { mode: 0o600 });
  try {
    await link(unfinished, file);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  } finally {
    await rm(unfinished, { force: true });
  }
  return readFile(file, "utf8");
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
