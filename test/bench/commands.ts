import { interleaved, processTime } from "./measure.ts";
import { copyHelpdesk, stkFile } from "./project.ts";
import type { Section } from "./report.ts";

/** Whole processes of `stk`, against the least that a process of Node can do. */
export async function measureCommands(directory: string): Promise<Section> {
  const project = await copyHelpdesk(directory);
  const run = (...words: string[]) => processTime(process.execPath, words);
  await run(stkFile, "validate", "--project", project);
  const { node, version, validate } = await interleaved(
    {
      node: () => run("-e", "0"),
      version: () => run(stkFile, "--version"),
      validate: () => run(stkFile, "validate", "--project", project),
    },
    11,
  );
  const ratio = (median: number) => ({ of: median / node.median, to: "node -e 0" });
  return {
    title: "Commands, as whole processes",
    text: "`stk validate` reads examples/helpdesk; the compile cache of Node is warm.",
    unit: "ms",
    rows: [
      { name: "`node -e 0`", figure: node },
      { name: "`stk --version`", figure: version, ratio: ratio(version.median), aim: "under 80 ms" },
      { name: "`stk validate`", figure: validate, ratio: ratio(validate.median), aim: "under 500 ms" },
    ],
  };
}
