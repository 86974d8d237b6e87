import { readFile, stat } from "node:fs/promises";
import { z } from "zod";
import { type PlanFile, planFile } from "../../../schema/plan-file.ts";
import { exitCodes, StkError } from "../../core/error.ts";
import { ownPackage } from "../../core/package-root.ts";
import { replaceFile } from "../../core/replace-file.ts";
import type { PlacedPlan } from "./place.ts";
import { plansAsJson } from "./plans-as-json.ts";

const longestBytes = 64 * 1024 * 1024;

/** Writes plans to a file, whole or not at all; to a device or a pipe as it is. */
export function writePlanFile(file: string, plans: readonly PlacedPlan[]): void {
  const content = { formatVersion: 1, santokit: ownPackage().version, plans: plansAsJson(plans) };
  const text = `${JSON.stringify(content, null, 2)}\n`;
  try {
    replaceFile(file, text);
  } catch (error) {
    throw new StkError("plan_not_written", `The plan cannot be written to ${file}: ${reasonOf(error)}.`, {
      hint: "Check that its folder is there and may be written to.",
      cause: error,
    });
  }
}

/**
 * Reads what {@link writePlanFile} wrote.
 *
 * @throws {StkError} `invalid_plan_file`
 */
export async function readPlanFile(file: string): Promise<PlanFile> {
  const invalid = (why: string, cause?: unknown): StkError =>
    new StkError("invalid_plan_file", `${file} is no plan: ${why}.`, {
      hint: "Make one with: stk schema plan --out plan.json",
      exitCode: exitCodes.usage,
      cause,
    });
  let text: string;
  try {
    if ((await stat(file)).size > longestBytes) throw invalid("it is larger than 64 MB");
    text = await readFile(file, "utf8");
  } catch (error) {
    throw error instanceof StkError ? error : invalid(reasonOf(error), error);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid("it is not JSON", error);
  }
  const parsed = planFile.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalid(z.prettifyError(parsed.error).replaceAll("\n", "; "), parsed.error);
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
