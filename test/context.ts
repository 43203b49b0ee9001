import { type Actor, OPERATOR, type Role, type UserActor } from "@/lib/auth/actor";
import type { Ctx } from "@/lib/auth/context";
import { generateKeyringText, parseKeyring } from "@/lib/crypto/keyring";
import type { Database } from "@/lib/db/client";
import { uuidv7 } from "@/lib/db/id";
import { createGuardedFetch } from "@/lib/egress/guarded-fetch";

/** What a process is given as BIFROST_ENCRYPTION_KEYS to open what these contexts seal. */
export const TEST_KEYS = generateKeyringText();
const keyring = parseKeyring(TEST_KEYS);

/** A context with everything real: the database given, this machine's clock, a guarded way out to loopback. */
export function testContext(db: Database, actor: Actor = OPERATOR, changes: Partial<Ctx> = {}): Ctx {
  const egress = { allowLoopback: true, allow: [] };
  return {
    actor,
    db,
    now: () => new Date(),
    fetch: createGuardedFetch(egress),
    keyring,
    egress,
    publicUrl: "http://localhost:3000",
    ...changes,
  };
}

/** The provider organization, made where the database has none yet. */
export async function seedProvider(db: Database): Promise<{ id: string }> {
  const existing = await db.prisma.organization.findFirst({ where: { kind: "provider" } });
  return existing ?? db.prisma.organization.create({ data: { name: "Provider", kind: "provider" } });
}

/** A managed organization with a name of its own. */
export async function seedOrganization(
  db: Database,
  name = `Organization ${uuidv7()}`,
): Promise<{ id: string }> {
  return db.prisma.organization.create({ data: { name } });
}

/** A signed-in person: user, session and the actor that a request of theirs would have. */
export async function seedUser(db: Database, role: Role, organizationId?: string): Promise<UserActor> {
  const organization = await db.prisma.organization.findUniqueOrThrow({
    where: { id: organizationId ?? (await seedProvider(db)).id },
  });
  const email = `${role}-${uuidv7()}@example.com`;
  const user = await db.prisma.user.create({ data: { email, role, organizationId: organization.id } });
  const session = await db.prisma.session.create({
    data: { userId: user.id, expiresAt: new Date(Date.now() + 3_600_000) },
  });
  return {
    type: "user",
    id: user.id,
    sid: session.id,
    label: email,
    role,
    organizationId: organization.id,
    organizationKind: organization.kind,
    origin: { ipAddress: "127.0.0.1", userAgent: "test" },
  };
}
