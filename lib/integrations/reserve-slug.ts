import type { Tx } from "@/lib/db/client";

const MAX_TRIES = 5;

/**
 * The callback slug an integration of this name would get now: the name itself, or with `-2`, `-3` … where that was ever
 * taken in this installation.
 */
export async function nextFreeSlug(db: Pick<Tx, "$queryRaw">, name: string): Promise<string> {
  const rows = await db.$queryRaw<{ slug: string }[]>`
    SELECT "slug" FROM "CallbackSlug" WHERE "slug" = ${name} OR "slug" LIKE ${likePrefix(name)}`;
  const taken = new Set(rows.map((row) => row.slug));
  if (!taken.has(name)) return name;
  let number = 2;
  while (taken.has(`${name}-${number}`)) number += 1;
  return `${name}-${number}`;
}

function likePrefix(name: string): string {
  return `${name.replace(/[\\%_]/g, "\\$&")}-%`;
}

/** Takes the next free slug for ever; of two transactions at once the second takes the one after. */
export async function reserveSlug(tx: Tx, name: string): Promise<string> {
  for (let attempt = 0; attempt < MAX_TRIES; attempt += 1) {
    const slug = await nextFreeSlug(tx, name);
    const inserted = await tx.$executeRaw`
      INSERT INTO "CallbackSlug" ("slug") VALUES (${slug}) ON CONFLICT DO NOTHING`;
    if (inserted === 1) return slug;
  }
  throw new Error(`No callback slug for ${name} after ${MAX_TRIES} tries.`);
}
