import { z } from "zod";
import type { Ctx } from "@/lib/auth/context";
import { requirePermission } from "@/lib/auth/permissions";
import type { Tx } from "@/lib/db/client";
import type { WebhookEndpoint } from "@/lib/db/generated/client";
import { AppError } from "@/lib/errors";
import {
  DELIVERY_PAGE_SIZE,
  type DeliveryPage,
  type DeliveryRow,
  type WebhookSummary,
  type WebhookView,
} from "./schema";

type ReadCtx = Pick<Ctx, "actor" | "db" | "now">;

const iso = (time: Date | null) => time?.toISOString() ?? null;

function summaryOf(row: WebhookEndpoint): WebhookSummary {
  return {
    id: row.id,
    name: row.name,
    format: row.format,
    events: row.events,
    urlHint: row.urlHint,
    isEnabled: row.isEnabled,
    disabledReason: row.disabledReason,
    disabledAt: iso(row.disabledAt),
    failingSince: iso(row.failingSince),
    lastDeliveredAt: iso(row.lastDeliveredAt),
  };
}

/**
 * Every endpoint, by name.
 * @throws AppError `permission_denied`
 */
export async function listWebhooks(ctx: ReadCtx): Promise<WebhookSummary[]> {
  requirePermission(ctx.actor, "webhooks.read", null);
  const rows = await ctx.db.prisma.webhookEndpoint.findMany({ orderBy: { name: "asc" } });
  return rows.map(summaryOf);
}

/**
 * One endpoint.
 * @throws AppError `permission_denied`, `webhook_not_found`
 */
export async function getWebhook(ctx: ReadCtx, id: string): Promise<WebhookView> {
  requirePermission(ctx.actor, "webhooks.read", null);
  const row = await requireEndpoint(ctx.db.prisma, id);
  const { previousSecretUntil } = row;
  return {
    ...summaryOf(row),
    secretSetAt: iso(row.secretSetAt),
    secretSetBy: row.secretSetBy,
    previousSecretUntil:
      previousSecretUntil && previousSecretUntil > ctx.now() ? iso(previousSecretUntil) : null,
    createdAt: row.createdAt.toISOString(),
    createdBy: row.createdBy,
  };
}

/** @throws AppError `webhook_not_found` */
export async function requireEndpoint(db: Tx, id: string): Promise<WebhookEndpoint> {
  const row = z.uuid().safeParse(id).success ? await db.webhookEndpoint.findUnique({ where: { id } }) : null;
  if (!row)
    throw new AppError("webhook_not_found", "There is no such webhook. Go back to the list of webhooks.");
  return row;
}

/**
 * A page of an endpoint's deliveries, the latest first, each with all that was tried.
 * @throws AppError `permission_denied`, `webhook_not_found`
 */
export async function listDeliveries(ctx: ReadCtx, id: string, wantedPage: number): Promise<DeliveryPage> {
  requirePermission(ctx.actor, "webhooks.read", null);
  const { id: endpointId } = await requireEndpoint(ctx.db.prisma, id);
  const total = await ctx.db.prisma.webhookDelivery.count({ where: { endpointId } });
  const pageCount = Math.max(1, Math.ceil(total / DELIVERY_PAGE_SIZE));
  const page = Math.min(Math.max(1, wantedPage), pageCount);
  const rows = await ctx.db.prisma.webhookDelivery.findMany({
    where: { endpointId },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    skip: (page - 1) * DELIVERY_PAGE_SIZE,
    take: DELIVERY_PAGE_SIZE,
    include: { event: true, attempts: { orderBy: { occurredAt: "desc" }, take: 50 } },
  });
  const now = ctx.now();
  const deliveries = rows.map(({ event, attempts, ...row }): DeliveryRow => ({
    id: row.id,
    eventId: event.id,
    type: event.type,
    occurredAt: event.occurredAt.toISOString(),
    integrationName: event.integrationName,
    organizationName: event.organizationName,
    status: row.status,
    isUnderWay: row.status === "pending" && row.leaseUntil !== null && row.leaseUntil > now,
    nextTryAt: row.status === "pending" ? iso(row.nextTryAt) : null,
    attempts: attempts.map(({ deliveryId: _, ...attempt }) => ({
      ...attempt,
      occurredAt: attempt.occurredAt.toISOString(),
    })),
  }));
  return { rows: deliveries, total, page, pageCount };
}
