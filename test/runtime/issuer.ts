import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from "jose";
import type { Manifest } from "../../schema/manifest.ts";

/** A real issuer: keys, tokens, and a server of its key set. */
export class TestIssuer {
  readonly issuer = "https://issuer.test";
  readonly audience = "notes";
  /** What the server answers; undefined is 500. */
  keys: JWK[] | undefined = [];
  /** Answers in place of {@link keys}, where it is given. */
  answer: ((response: ServerResponse) => void) | undefined;
  /** How often the key set was asked for. */
  asked = 0;
  readonly #server: Server;
  readonly #address: string;

  private constructor(server: Server, address: string) {
    this.#server = server;
    this.#address = address;
  }

  static async start(): Promise<TestIssuer> {
    const server = createServer((_, response) => issuer.#serve(response)).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("The issuer has no port.");
    const issuer = new TestIssuer(server, `http://127.0.0.1:${address.port}/jwks.json`);
    return issuer;
  }

  #serve(response: ServerResponse): void {
    this.asked += 1;
    if (this.answer !== undefined) this.answer(response);
    else if (this.keys === undefined) response.writeHead(500).end();
    else response.setHeader("content-type", "application/json").end(JSON.stringify({ keys: this.keys }));
  }

  /** The issuer as a manifest names it. */
  get declared(): Manifest["issuers"][number] {
    return {
      issuer: this.issuer,
      jwks: this.#address,
      audience: [this.audience],
      algorithms: ["ES256"],
      claims: { id: "sub", roles: "roles" },
      clockToleranceMs: 5_000,
    };
  }

  /** Makes a key pair and serves the public key beside those before. */
  async addKey(kid: string): Promise<CryptoKey> {
    const { publicKey, privateKey } = await generateKeyPair("ES256");
    this.keys = [...(this.keys ?? []), { ...(await exportJWK(publicKey)), kid, alg: "ES256" }];
    return privateKey;
  }

  /** A token that is good, but for what `claims` changes. */
  async sign(key: CryptoKey, kid: string, claims: JWTPayload = {}): Promise<string> {
    const now = Math.floor(Date.now() / 1_000);
    const payload = { iss: this.issuer, aud: this.audience, sub: "ada", iat: now, exp: now + 600, ...claims };
    return new SignJWT(payload).setProtectedHeader({ alg: "ES256", kid }).sign(key);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
  }
}
