import { recordAudit } from "@/lib/audit/record-audit";
import { SYSTEM } from "@/lib/auth/actor";
import type { Ctx } from "@/lib/auth/context";
import { passwordProblem } from "@/lib/auth/password-policy";
import { hashPassword } from "@/lib/crypto/password";
import type { Tx } from "@/lib/db/client";
import { type Env, readEnv, SettingError } from "@/lib/env";
import { findProviderOrganization } from "@/lib/organizations/queries";
import { createSetupLink } from "./create-setup-link.ts";
import { lockFirstRun } from "./lock-first-run.ts";

type AdminSettings = Pick<Env, "adminEmail" | "adminPassword">;

/**
 * What every start does: makes the provider organization where it is missing and, while there is no user, the admin
 * of BIFROST_ADMIN_EMAIL and _PASSWORD or else a fresh setup link in place of earlier ones.
 * @returns the link to print, good for an hour; null when somebody can sign in.
 * @throws SettingError when BIFROST_ADMIN_PASSWORD is no good password.
 */
export async function firstRun(
  ctx: Pick<Ctx, "db" | "now" | "publicUrl">,
  admin: AdminSettings = readEnv(),
): Promise<string | null> {
  const now = ctx.now();
  return ctx.db.prisma.$transaction(async (tx) => {
    await lockFirstRun(tx);
    const organizationId = await ensureProvider(tx, now);
    if ((await tx.user.findFirst({ select: { id: true } })) !== null) return null;
    if (admin.adminEmail === undefined || admin.adminPassword === undefined) {
      return createSetupLink(tx, { userId: null, publicUrl: ctx.publicUrl, now });
    }
    await createAdmin(tx, organizationId, admin.adminEmail.toLowerCase(), admin.adminPassword, now);
    return null;
  });
}

async function ensureProvider(tx: Tx, now: Date): Promise<string> {
  const existing = await findProviderOrganization(tx);
  if (existing) return existing.id;
  const { id, name, kind } = await tx.organization.create({ data: { name: "Provider", kind: "provider" } });
  await recordAudit(tx, SYSTEM, now, {
    action: "organization.create",
    target: { type: "organization", id, label: name },
    organizationId: id,
    after: { name, kind },
  });
  return id;
}

async function createAdmin(tx: Tx, organizationId: string, email: string, password: string, now: Date) {
  const problem = passwordProblem(password, email);
  if (problem) throw new SettingError(`BIFROST_ADMIN_PASSWORD is no good password. ${problem}`);
  const role = "platform_admin";
  await tx.setupLink.deleteMany({ where: { purpose: "first_admin" } });
  const { id } = await tx.user.create({
    data: { email, role, organizationId, passwordHash: await hashPassword(password), createdAt: now },
    select: { id: true },
  });
  await recordAudit(tx, SYSTEM, now, {
    action: "user.create",
    target: { type: "user", id, label: email },
    organizationId,
    after: { email, role, password: "set" },
  });
}
