import { z } from "zod";
import type { Json } from "../../core/canonical-json.ts";
import { defineCommand, jsonOption } from "../../core/command.ts";
import { exitCodes } from "../../core/error.ts";
import { type Drift, findDrift } from "../../database/drift/drift.ts";
import { withTarget } from "./open-target.ts";
import type { Place } from "./place.ts";
import { showDrift } from "./show-drift.ts";
import { selectionOptions, targetsOf } from "./targets.ts";

export const command = defineCommand({
  summary: "Show what changed in the database since the last apply",
  description:
    "Compares the live database with what the last apply left, which is recorded in _stk.applies. Where nothing is " +
    "recorded, with schema/*.yaml. What is declared and not applied yet is no drift, and is said apart. Nothing is " +
    "changed. Exit code 4: the database is not what it was left as.",
  arguments: [],
  options: {
    ...selectionOptions,
    json: jsonOption,
  },
  examples: [
    { command: "stk schema drift", does: "says what others changed in the database of DATABASE_URL" },
    { command: "stk schema drift --env prod --json", does: "gives it as JSON, for a job that watches prod" },
  ],
  input: z.strictObject({
    project: z.string().optional(),
    connection: z.string().optional(),
    env: z.string().optional(),
    json: z.boolean().optional(),
  }),
  async run(input, context) {
    const { output } = context;
    const { targets, shadow } = await targetsOf(input, context);
    const drifts: (Drift & { place: Place })[] = [];
    try {
      for (const target of targets) {
        const { connection, declared, place } = target;
        const drift = await withTarget(target, context, (database) =>
          findDrift(database, { connection, declared, shadow }),
        );
        drifts.push({ ...drift, place });
      }
    } finally {
      await shadow.close();
    }
    for (const drift of drifts) showDrift(drift, output);
    output.json({ drifts: drifts.map(asJson) });
    return drifts.some(({ changes }) => changes.length > 0) ? exitCodes.blocked : exitCodes.done;
  },
});

const asJson = ({ place, changes, lastApply, ...drift }: Drift & { place: Place }): Json => ({
  ...drift,
  place: { ...place },
  ...(lastApply === undefined ? {} : { lastApply: { ...lastApply } }),
  changes: changes.map(({ key, ...change }) => ({ ...change })),
});
