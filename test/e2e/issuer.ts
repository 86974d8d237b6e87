import { once } from "node:events";
import { createServer } from "node:http";
import { exportJWK, generateKeyPair, SignJWT } from "jose";

/** Somebody who signs tokens and shows the public key at `jwks`. */
export type Issuer = {
  issuer: string;
  jwks: string;
  token(claims: { sub: string; roles?: string[]; audience: string }): Promise<string>;
  stop(): Promise<void>;
};

/** Starts an issuer on a free loopback port with a new ES256 key. */
export async function startIssuer(): Promise<Issuer> {
  const { publicKey, privateKey } = await generateKeyPair("ES256");
  const kid = "test";
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid, alg: "ES256", use: "sig" }] });
  const server = createServer((_, response) => {
    response.setHeader("content-type", "application/json").end(keys);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string")
    throw new Error("The port of a TCP server is missing.");
  const issuer = `http://127.0.0.1:${address.port}`;
  return {
    issuer,
    jwks: `${issuer}/jwks.json`,
    token: ({ audience, ...claims }) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: "ES256", kid })
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime("1h")
        .sign(privateKey),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
