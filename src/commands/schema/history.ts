import { z } from "zod";
import { defineCommand, jsonOption } from "../../core/command.ts";
import { exitCodes, StkError } from "../../core/error.ts";
import {
  type AppliedPlan,
  type AppliedStep,
  readHistory,
  readSteps,
} from "../../database/history/history.ts";
import { withTarget } from "./open-target.ts";
import type { Place } from "./place.ts";
import { showApplies, showApply } from "./show-history.ts";
import { selectionOptions, targetsOf } from "./targets.ts";

const defaultLimit = 20;
const wholeNumber = z.string().regex(/^[1-9]\d{0,8}$/, "write a whole number from 1");

type ConnectionHistory = {
  connection: string;
  place: Place;
  applies: (AppliedPlan & { log?: AppliedStep[] })[];
};

export const command = defineCommand({
  summary: "Show what was applied to the database, and when",
  description:
    "Reads _stk.applies and _stk.steps: each apply with its time, role, version of stk, Git revision, outcome and steps, " +
    "newest first. With a number, the steps of that one with their SQL and how long they took. Nothing is changed.",
  arguments: [{ name: "number", description: "one apply, with its steps", required: false }],
  options: {
    ...selectionOptions,
    limit: { flags: "--limit <number>", description: `how many applies (default: ${defaultLimit})` },
    json: jsonOption,
  },
  examples: [
    { command: "stk schema history --env prod", does: "shows the last applies to prod" },
    { command: "stk schema history 12", does: "shows the steps of apply 12 with their SQL" },
  ],
  input: z
    .strictObject({
      number: wholeNumber.optional(),
      project: z.string().optional(),
      connection: z.string().optional(),
      env: z.string().optional(),
      limit: wholeNumber.optional(),
      json: z.boolean().optional(),
    })
    .refine(({ number, limit }) => number === undefined || limit === undefined, {
      message: "a number and --limit cannot both be given",
    }),
  async run(input, context) {
    const { output } = context;
    const { targets, shadow } = await targetsOf(input, context);
    await shadow.close();
    const histories: ConnectionHistory[] = [];
    for (const target of targets) {
      const { connection, place } = target;
      const applies = await withTarget(target, context, async (database) => {
        if (input.number === undefined)
          return readHistory(database, { connection, limit: Number(input.limit ?? defaultLimit) });
        const number = Number(input.number);
        const found = await readHistory(database, { connection, number });
        return Promise.all(
          found.map(async (apply) => ({ ...apply, log: await readSteps(database, number) })),
        );
      });
      histories.push({ connection, place, applies });
    }
    if (input.number !== undefined && histories.every(({ applies }) => applies.length === 0))
      throw new StkError("unknown_apply", `There is no apply ${input.number} of ${namesOf(targets)}.`, {
        hint: "stk schema history lists them.",
        exitCode: exitCodes.usage,
      });
    for (const { connection, applies } of histories)
      if (input.number === undefined) showApplies(connection, applies, output);
      else for (const { log = [], ...apply } of applies) showApply(connection, apply, log, output);
    output.json({
      histories: histories.map(({ place, ...history }) => ({ ...history, place: { ...place } })),
    });
    return exitCodes.done;
  },
});

const namesOf = (targets: readonly { connection: string }[]): string =>
  targets.map(({ connection }) => connection).join(", ") || "any connection";
