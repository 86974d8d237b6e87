import { z } from "zod";
import { variableReference, variableReferenceOr } from "./names.ts";
import { origin } from "./origin.ts";
import { duration, durationOrNone, size } from "./quantities.ts";

/** The values of `config/server.yaml`, in the file and in the variables that it names. */
export const serverValues = {
  body: size,
  depth: z.int().min(1).max(100),
  rows: z.int().min(1).max(100_000),
  time: duration,
  concurrency: z.int().min(1).max(100_000),
  connections: z.int().min(1).max(100_000),
  origin,
  header: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,64}$/, "a header is letters, digits and -")
    .meta({ description: "The name of a header." }),
  maxAge: duration,
  lameduck: durationOrNone,
  drain: duration,
  slow: duration,
  address: z
    .string()
    .regex(/^[a-z0-9-]{1,64}$/, "write socket, or a header in lower case such as x-forwarded-for"),
} as const;

/** A value, or `${NAME}` of the environment. */
const set = <T extends z.ZodType>(value: T) => z.union([value, variableReference]).optional();
const count = <T extends z.ZodType>(value: T) =>
  z
    .union([value, variableReferenceOr("write a whole number, or ${NAME} for one of the environment")])
    .optional();
const flag = z
  .union([z.boolean(), variableReferenceOr("write true or false, or ${NAME} for one of the environment")])
  .optional();
/** A list whose members may be `${NAME}`, or the variable that holds it: its values with commas between. */
const list = <T extends z.ZodType>(value: T) =>
  z.union([z.array(z.union([value, variableReference])).min(1), variableReference]).optional();

const { body, depth, rows, time, concurrency, connections, header, maxAge, lameduck, drain, slow, address } =
  serverValues;

/** `config/server.yaml`: what the Bridge puts up with. Any value may be `${NAME}`. */
export const serverFile = z
  .strictObject({
    limits: z
      .strictObject({
        body: set(body).meta({ description: "The largest request body." }),
        bodies: set(body).meta({
          description: "Memory for the bodies of all requests together; at least `body`.",
        }),
        answer: set(body).meta({ description: "The largest answer." }),
        answers: set(body).meta({
          description: "Memory for all answers together that clients have not read yet; at least `answer`.",
        }),
        depth: count(depth).meta({ description: "How deep params may nest." }),
        rows: count(rows).meta({ description: "Rows that one call may read or write." }),
        time: set(time).meta({ description: "How long one call may take." }),
        concurrency: count(concurrency).meta({ description: "Calls at once; more are told to wait." }),
        connections: count(connections).meta({ description: "Connections of clients at once." }),
      })
      .optional(),
    cors: z
      .strictObject({
        origins: list(origin).unwrap().meta({ description: "Origins whose pages may call." }),
        credentials: flag.meta({
          description: "Let pages send cookies too, as a proxy in front may want. Not with *.",
        }),
        allowHeaders: list(header).meta({
          description: "Request headers that pages may send, beside those that calls know.",
        }),
        exposeHeaders: list(header).meta({
          description: "Response headers that pages may read, beside x-request-id and retry-after.",
        }),
        maxAge: set(maxAge).meta({ description: "How long browsers remember the answer of a preflight." }),
      })
      .refine(
        ({ origins, credentials: own }) =>
          own !== true || typeof origins === "string" || !origins.includes("*"),
        {
          path: ["credentials"],
          message: "credentials and * cannot be together: name the origins",
        },
      )
      .optional(),
    log: z
      .strictObject({
        slow: set(slow).meta({ description: "A call that takes longer is logged as a warning." }),
        caller: flag.meta({ description: "Put the caller's id into the line of a call." }),
        address: set(address).meta({
          description:
            "Put the client's address into the line of a call: socket, or the header in which a proxy gives it.",
        }),
      })
      .optional(),
    lameduck: set(lameduck).meta({
      description: "How long everything is still served after SIGTERM, while balancers learn of it.",
    }),
    drain: set(drain).meta({ description: "How long running calls may go on after that." }),
  })
  .meta({ title: "config/server.yaml", description: "Limits, CORS, logging and timeouts." });
export type ServerFile = z.infer<typeof serverFile>;
