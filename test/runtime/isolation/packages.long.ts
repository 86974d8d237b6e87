import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { expect, it, onTestFinished } from "vitest";
import { useBridgeFile } from "../bridge-process.ts";
import { serveModules } from "../logic-process.ts";

useBridgeFile();

/** Packages that much logic is written with, each at a small job of it that needs nobody else. */
const jobs = {
  stripe: `import Stripe from "stripe";
    const payload = JSON.stringify({ id: "evt_1", object: "event" });
    export default () => {
      const stripe = new Stripe("sk_test_1");
      const header = stripe.webhooks.generateTestHeaderString({ payload, secret: "whsec_1" });
      return stripe.webhooks.constructEvent(payload, header, "whsec_1").id;
    }`,
  s3: `import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
    export default async ({ origin }: any) => {
      const client = new S3Client({ region: "us-east-1", endpoint: origin, forcePathStyle: true, maxAttempts: 1,
        credentials: { accessKeyId: "a", secretAccessKey: "b" } });
      return client.send(new GetObjectCommand({ Bucket: "b", Key: "k" })).then(() => "sent", (error: any) => error.$metadata.httpStatusCode);
    }`,
  nodemailer: `import nodemailer from "nodemailer";
    export default async () => {
      const transport = nodemailer.createTransport({ streamTransport: true, buffer: true });
      const { message } = await transport.sendMail({ from: "a@example.com", to: "b@example.com", subject: "Hello", text: "Hi" });
      return String(message).includes("Subject: Hello");
    }`,
  sentry: `import * as Sentry from "@sentry/node";
    const sent: string[] = [];
    Sentry.init({ dsn: "https://a@example.com/1", beforeSend: (event) => { sent.push(event.exception?.values?.[0]?.value ?? ""); return null; } });
    export default async () => { Sentry.captureException(new Error("broken")); await Sentry.flush(1_000); return sent; }`,
};

it("loads stripe, the S3 client of the aws-sdk, nodemailer and sentry, and lets them work", async () => {
  const packages = await mkdtemp(path.join(tmpdir(), "santokit-packages-"));
  onTestFinished(() => rm(packages, { recursive: true, force: true }));
  const names = ["stripe@23", "@aws-sdk/client-s3@3", "nodemailer@10", "@sentry/node@11"];
  await execa("npm", [
    "install",
    "--prefix",
    packages,
    "--no-audit",
    "--no-fund",
    "--ignore-scripts",
    ...names,
  ]);
  const bridge = await serveModules(jobs, {
    prepare: (root) => symlink(path.join(packages, "node_modules"), path.join(root, "node_modules")),
  });
  const answers: Record<string, unknown> = {};
  for (const name of Object.keys(jobs))
    answers[name] = (await bridge.call(name, { origin: bridge.url })).body.data;
  expect(answers, bridge.output()).toEqual({
    stripe: "evt_1",
    s3: 404,
    nodemailer: true,
    sentry: ["broken"],
  });
});
