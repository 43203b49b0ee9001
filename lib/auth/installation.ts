import type { Keyring } from "@/lib/crypto/keyring";
import { seal, unseal } from "@/lib/crypto/seal";
import type { Database } from "@/lib/db/client";
import { uuidv7 } from "@/lib/db/id";
import { isLoopback } from "@/lib/env";

const KEY_CHECK_TEXT = "bifrost";

const keyCheckPlace = (id: string) => ({ table: "Installation", id, field: "keyCheck" });

export interface InstallationCheck {
  id: string;
  /**
   * The address this database was served under, where it is not today's; null otherwise. It stays on record: another
   * copy may still run there. From one loopback address to another nothing is lost, and the record follows.
   */
  movedFrom: string | null;
  /** `wrong`: the sealed records cannot be opened with these keys. Nothing is overwritten then. */
  keys: "ok" | "wrong";
}

/**
 * Makes the installation's row at the first start, and at each later one compares it with the settings: the key list
 * by opening a known text, the public address by its words.
 */
export async function checkInstallation(
  db: Database,
  keyring: Keyring,
  publicUrl: string,
): Promise<InstallationCheck> {
  const id = await createInstallation(db);
  const row = await db.prisma.installation.findUniqueOrThrow({ where: { id } });
  if (row.keyCheck === null || row.publicUrl === null) {
    // Null again in the condition: of two processes starting at once, one writes and both read what it wrote.
    await db.prisma.installation.updateMany({
      where: { id, keyCheck: null },
      data: { keyCheck: seal(keyring, keyCheckPlace(id), KEY_CHECK_TEXT) },
    });
    await db.prisma.installation.updateMany({ where: { id, publicUrl: null }, data: { publicUrl } });
    return checkInstallation(db, keyring, publicUrl);
  }
  if (row.publicUrl !== publicUrl && isLoopbackUrl(row.publicUrl) && isLoopbackUrl(publicUrl)) {
    await db.prisma.installation.update({ where: { id }, data: { publicUrl } });
    row.publicUrl = publicUrl;
  }
  return {
    id,
    movedFrom: row.publicUrl === publicUrl ? null : row.publicUrl,
    keys: opens(keyring, id, row.keyCheck) ? "ok" : "wrong",
  };
}

function isLoopbackUrl(url: string): boolean {
  return isLoopback(new URL(url).hostname);
}

function opens(keyring: Keyring, id: string, sealed: string): boolean {
  try {
    return unseal(keyring, keyCheckPlace(id), sealed) === KEY_CHECK_TEXT;
  } catch {
    return false;
  }
}

async function createInstallation(db: Database): Promise<string> {
  const existing = await db.prisma.installation.findFirst({ select: { id: true } });
  if (existing) return existing.id;
  // Of two processes starting at once one writes, and both read what it wrote.
  const insert = `INSERT INTO "Installation" ("id") VALUES ($1) ON CONFLICT ("singleton") DO NOTHING`;
  await db.pool.query(insert, [uuidv7()]);
  return (await db.prisma.installation.findFirstOrThrow({ select: { id: true } })).id;
}

const known = new WeakMap<Database, Promise<string>>();

/** The installation's id, asked once per process; a failure is forgotten, so that the next call asks again. */
export function installationId(db: Database): Promise<string> {
  const cached = known.get(db);
  if (cached) return cached;
  const asked = createInstallation(db);
  known.set(db, asked);
  asked.catch(() => known.delete(db));
  return asked;
}
