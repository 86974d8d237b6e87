import { z } from "zod";
import { roleName } from "../../schema/names.ts";
import { duration, milliseconds } from "../../schema/quantities.ts";
import { defineCommand, jsonOption, projectOption } from "../core/command.ts";
import { exitCodes } from "../core/error.ts";
import { parseExact } from "../core/exact-json.ts";
import { suggest } from "../core/suggest.ts";
import { developmentKey } from "../dev/development-key.ts";
import { signToken } from "../dev/sign-token.ts";
import { findProject } from "../project/find-project.ts";
import { readProject } from "../project/read-project.ts";

const ownClaims = new Set(["sub", "iss", "aud", "exp", "iat", "nbf", "roles"]);

const claim = z
  .string()
  .regex(/^[^=\s]+=/, "write a claim as NAME=VALUE")
  .refine((text) => !ownClaims.has(claimName(text)), {
    message: `stk sets ${[...ownClaims].join(", ")} itself: use --sub, --role and --expires`,
  });

export const command = defineCommand({
  summary: "Sign a token for trying a role",
  description:
    "Signs a token with the project's development key and prints it, and nothing else. stk dev and stk run --pglite " +
    "believe it; production never does. A claim's value is JSON where it is valid JSON, else text; a number keeps its digits.",
  arguments: [],
  options: {
    sub: { flags: "--sub <id>", description: "the user's id: $user.id in a rule" },
    role: {
      flags: "--role <name>",
      description: "a role that the user holds (repeatable)",
      repeatable: true,
    },
    claim: { flags: "--claim <name=value>", description: "another claim (repeatable)", repeatable: true },
    expires: {
      flags: "--expires <time>",
      description: "how long it is valid, such as 15m or 8h (default: 1h)",
    },
    project: projectOption,
    json: jsonOption,
  },
  examples: [
    { command: "stk token --sub 7f1c… --role agent", does: "a token of an agent" },
    {
      command: 'curl localhost:8080/call -H "authorization: Bearer $(stk token --sub 7f1c…)" …',
      does: "a call as one user",
    },
    { command: "stk token --sub 7f1c… --claim organisation_id=42", does: "$claims.organisation_id is 42" },
  ],
  input: z.strictObject({
    sub: z.string({ error: "--sub says whose token it is" }).min(1).max(255),
    role: z.array(roleName).default([]),
    claim: z.array(claim).default([]),
    expires: duration.default("1h"),
    project: z.string().optional(),
    json: z.boolean().optional(),
  }),
  async run({ sub, role, claim: claims, expires, project }, { cwd, output }) {
    const root = findProject(cwd, project);
    const key = await developmentKey(root);
    const declared = role.length === 0 ? undefined : (await readProject(root)).permissions?.value.roles;
    for (const name of role.filter((each) => declared?.includes(each) === false))
      output.warn(
        `config/permissions.yaml declares no role ${name}, so it counts for nothing. ${suggest(name, declared ?? []) ?? ""}`.trimEnd(),
      );
    const expiresInMs = milliseconds(expires);
    const now = Date.now();
    const given = Object.fromEntries(claims.map((text) => [claimName(text), claimValue(text)]));
    const token = await signToken(key, { sub, roles: role, claims: given, expiresInMs }, now);
    output.line(token);
    output.json({ token, expiresAt: new Date(now + expiresInMs).toISOString() });
    return exitCodes.done;
  },
});

const claimName = (text: string): string => text.slice(0, text.indexOf("="));

function claimValue(text: string): unknown {
  const value = text.slice(text.indexOf("=") + 1);
  try {
    return parseExact(value, "digits");
  } catch {
    return value;
  }
}
