import { z } from "zod";

const flag = z.enum(["true", "false"]).transform((value) => value === "true");
const port = z.coerce.number().int().min(0).max(65_535);

/** The one list of the variables that the Bridge reads for itself. A project's own stand in its manifest. */
export const bridgeEnvironment = z.object({
  MANIFEST_PATH: z.string().min(1).meta({ description: "The manifest to serve." }),
  PORT: port.default(8080).meta({ description: "The TCP port to listen on." }),
  HOST: z.string().min(1).optional().meta({
    description: "The address to listen on; without it every address of IPv6 and IPv4 that there is.",
  }),
  NODE_ENV: z
    .string()
    .optional()
    .meta({ description: "`production` refuses everything that is for development." }),
  STK_LOG_LEVEL: z
    .enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"])
    .default("info")
    .meta({ description: "The least level that is logged." }),
  STK_RELEASE: z.string().max(200).optional().meta({
    description: "The release's name in every line of the log: its tag or digest.",
  }),
  STK_BUNDLE_DIGEST: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/)
    .optional()
    .meta({ description: "The digest of the bundle; the image sets it. Other files are not served." }),
  STK_DISABLE_AUTH: flag.default(false).meta({
    description: "Believe tokens without checking their signature. For development; refused in production.",
  }),
  STK_POOL: z.coerce.number().int().min(1).max(200).optional().meta({
    description:
      "Connections that this process holds to a database at most, where config/connections.yaml says more.",
  }),
  STK_SCHEMA_MISMATCH: z.enum(["refuse", "serve"]).default("refuse").meta({
    description:
      "What a start does where the database lacks what calls use: `refuse` is unready; `serve` is ready, and these calls fail.",
  }),
  STK_DEV_JWKS: z
    .string()
    .optional()
    .meta({ description: "Public keys (a JWKS) of the development issuer. Refused in production." }),
});

/** What {@link bridgeEnvironment} holds once it was read. */
export type BridgeEnvironment = z.infer<typeof bridgeEnvironment>;

/** Whether the environment says production: NODE_ENV or STK_ENV is `production` or `prod`, in whatever case. */
export const isProduction = (environment: Readonly<Record<string, string | undefined>>): boolean =>
  [environment.NODE_ENV, environment.STK_ENV].some((value) => /^\s*prod(?:uction)?\s*$/i.test(value ?? ""));

/** The issuer and audience of tokens that `stk token` signs for development. */
export const developmentIssuer = {
  issuer: "urn:santokit:development",
  audience: "urn:santokit:development",
} as const;
