import { type ChildProcess, spawn } from "node:child_process";
import { afterEach } from "vitest";
import { generateKeyringText } from "@/lib/crypto/keyring";

/**
 * Starts workers on a database, each a process of its own that says "working" when it is; what still runs after a test is
 * killed.
 */
export function useWorkers(): (databaseUrl: string, env?: Record<string, string>) => ChildProcess {
  const workers: ChildProcess[] = [];
  afterEach(() => {
    for (const worker of workers.splice(0)) worker.kill("SIGKILL");
  });
  return (databaseUrl, env = {}) => {
    const worker = spawn(process.execPath, ["--import", "tsx", "server/worker.ts"], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      env: {
        ...process.env,
        DATABASE_URL: databaseUrl,
        BIFROST_URL: "http://localhost:3000",
        PORT: "3000",
        HOST: "127.0.0.1",
        BIFROST_ENCRYPTION_KEYS: generateKeyringText(),
        AUTH_SECRET: "x".repeat(32),
        BIFROST_LOG_LEVEL: "fatal",
        ...env,
      },
    });
    workers.push(worker);
    return worker;
  };
}
