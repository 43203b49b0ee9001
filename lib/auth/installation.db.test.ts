import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { generateKeyringText, parseKeyring } from "@/lib/crypto/keyring";
import type { Database } from "@/lib/db/client";
import { openTestDatabase } from "@/test/database";
import { checkInstallation, installationId } from "./installation";

let db: Database;
beforeEach(async () => {
  db = await openTestDatabase();
});
afterEach(() => db.close());

const keyring = parseKeyring(generateKeyringText());
const url = "https://bifrost.example.com";

describe("the installation", () => {
  it("is made once, however many processes start at once", async () => {
    const checks = await Promise.all(Array.from({ length: 8 }, () => checkInstallation(db, keyring, url)));
    expect(new Set(checks.map(({ id }) => id)).size).toBe(1);
    expect(checks.every(({ keys, movedFrom }) => keys === "ok" && movedFrom === null)).toBe(true);
    expect(await installationId(db)).toBe(checks[0]?.id);
    expect(await db.prisma.installation.count()).toBe(1);
  });

  it("notices a wrong key and overwrites nothing", async () => {
    await checkInstallation(db, keyring, url);
    const before = await db.prisma.installation.findFirst();
    const other = parseKeyring(generateKeyringText());
    expect(await checkInstallation(db, other, url)).toMatchObject({ keys: "wrong" });
    expect(await db.prisma.installation.findFirst()).toEqual(before);
    expect(await checkInstallation(db, keyring, url)).toMatchObject({ keys: "ok" });
  });

  it("notices that it is served under another address, each time", async () => {
    await checkInstallation(db, keyring, url);
    const moved = () => checkInstallation(db, keyring, "https://copy.example.com");
    expect(await moved()).toMatchObject({ movedFrom: url });
    expect(await moved()).toMatchObject({ movedFrom: url });
  });

  it("may move from one loopback address to another", async () => {
    await checkInstallation(db, keyring, "http://localhost:3000");
    expect(await checkInstallation(db, keyring, "http://localhost:4000")).toMatchObject({ movedFrom: null });
    expect(await checkInstallation(db, keyring, url)).toMatchObject({ movedFrom: "http://localhost:4000" });
  });
});
