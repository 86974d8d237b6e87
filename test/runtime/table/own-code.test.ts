import { describe, expect, it } from "vitest";
import { notesSql } from "../manifest.ts";
import { notesDatabase, recordingLog, serve, untilReady } from "../serve.ts";

const ada = `Bearer ${["{}", JSON.stringify({ sub: "ada" })].map((part) => Buffer.from(part).toString("base64url")).join(".")}.`;

const triggered = (body: string, time = "before"): string => `${notesSql};
  create function tried() returns trigger language plpgsql as $$ begin ${body}; return new; end $$;
  create trigger tried ${time} insert on notes for each row execute function tried()`;

it.each([
  ["divides by zero", "perform 1 / 0", "22012"],
  ["calls a function that is not there", "perform missing()", "42883"],
  ["reads a text that is no number", "perform 'x'::int", "22P02"],
  ["writes a value that is too long", "perform repeat('x', 20)::bit(3)", "22P02"],
  ["takes a part of a list that is none", "perform ('[1]'::jsonb -> 0)::text::date", "22007"],
])("a trigger that %s is a defect and in the log, and not the caller's fault", async (_, body, sqlState) => {
  const { url } = await notesDatabase(triggered(body));
  const { log, lines } = recordingLog();
  const served = await serve({ url, log, environment: { STK_DISABLE_AUTH: "true" } });
  await untilReady(served);
  const values = { id: 9, body: "nine" };
  const { status, body: answer } = await served.call(
    "db/main/notes/insert",
    { values },
    { authorization: ada },
  );
  expect([status, answer.error?.code, answer.error?.message]).toEqual([500, "internal", "The call failed."]);
  expect(JSON.stringify(lines())).toContain(sqlState);
});

describe.each(["before", "after"])("an exception that a trigger raises %s the insert", (time) => {
  const refused = async (raise: string) => {
    const { url } = await notesDatabase(triggered(raise, time));
    const { log, lines } = recordingLog();
    const served = await serve({ url, log, environment: { STK_DISABLE_AUTH: "true" } });
    await untilReady(served);
    const values = { id: 9, body: "nine" };
    const { status, body } = await served.call("db/main/notes/insert", { values }, { authorization: ada });
    expect(JSON.stringify(body)).not.toContain("sorry");
    const line = lines().find((one) => one.msg === "call");
    return { status, ...body.error, line: JSON.stringify(line) };
  };

  it("and that nobody declared is a defect, and in the log with its SQLSTATE, message and place", async () => {
    const { line, ...answer } = await refused("raise exception 'sorry'");
    expect(answer).toMatchObject({ status: 500, code: "internal", message: "The call failed." });
    for (const part of ["P0001", "sorry", "PL/pgSQL function tried() line 1 at RAISE"])
      expect(line).toContain(part);
  });

  it("as a constraint would is told as one, and the log has its place", async () => {
    const { line, ...answer } = await refused("raise exception 'sorry' using errcode = 'check_violation'");
    expect(answer).toMatchObject({ status: 400, code: "constraint_violated" });
    expect(line).toContain("23514 in PL/pgSQL function tried() line 1 at RAISE");
  });
});
