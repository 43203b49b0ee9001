import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { generateKeyringText } from "@/lib/crypto/keyring";
import { findFreePort } from "@/scripts/start/settings.mjs";
import { openTestDatabase } from "@/test/database";
import { seedConnection, seedIntegration } from "@/test/integrations";

let db: Awaited<ReturnType<typeof openTestDatabase>>;
let web: ChildProcess | undefined;

beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(async () => {
  web?.kill("SIGKILL");
  await db.close();
});

test("a start names what a lost key leaves closed, although the installation's own text opens, and serves", async () => {
  const { id } = await seedIntegration(db, { name: "Graph", oauth: {} });
  await seedConnection(db, id, {});
  const url = `http://127.0.0.1:${await findFreePort("127.0.0.1")}`;
  web = spawn(process.execPath, ["--import", "tsx", "test/proof/web-process.ts"], {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
    env: {
      PATH: process.env["PATH"],
      NODE_ENV: "production",
      DATABASE_URL: db.url,
      HOST: "127.0.0.1",
      PORT: new URL(url).port,
      BIFROST_ENCRYPTION_KEYS: generateKeyringText().replace("k1:", "new:"),
      AUTH_SECRET: "x".repeat(32),
    },
  });
  let text = "";
  web.stdout?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  await once(web, "message");
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  await expect.poll(() => text, { timeout: 60_000 }).toContain("Not every stored secret can be opened");
  const lines = text.split("\n").filter((line) => line.includes("can be opened"));
  expect(lines).toHaveLength(1);
  const { level, msg } = JSON.parse(lines[0] ?? "{}") as { level: string; msg: string };
  expect(level).toBe("error");
  expect(msg).toContain('OAuthClient.clientSecret: 1 sealed with "k1", which is not in the list (Graph)');
  expect(msg).toContain('Connection.refreshToken: 1 sealed with "k1", which is not in the list (Graph)');
  expect(msg).toContain('Add "k1" back to BIFROST_ENCRYPTION_KEYS.');
});
