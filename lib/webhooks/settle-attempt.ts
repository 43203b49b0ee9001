import { recordAudit } from "@/lib/audit/record-audit";
import { SYSTEM } from "@/lib/auth/actor";
import type { Services } from "@/lib/auth/context";
import type { Tx } from "@/lib/db/client";
import { uuidv7 } from "@/lib/db/id";
import type { Attempt } from "./attempt-delivery";
import type { DeliveryClaim } from "./claim-delivery";
import { closeEndpoint } from "./close-endpoint";
import { FAILING_LIMIT_MS, judgeAttempt, TEST_EVENT, type Verdict } from "./rules";

interface EndpointRow {
  name: string;
  isEnabled: boolean;
  failingForMs: number | null;
}

/** Stores what came of a try: its line in the log, when the next one is, and how the endpoint fares. */
export async function settleAttempt(
  { db, now }: Pick<Services, "db" | "now">,
  claim: DeliveryClaim,
  attempt: Attempt,
): Promise<void> {
  await db.prisma.$transaction(async (tx) => {
    // First, as closing an endpoint locks it before its deliveries.
    const [endpoint] = await tx.$queryRaw<EndpointRow[]>`
      SELECT "name", "isEnabled", (extract(epoch FROM now() - "failingSince") * 1000)::float8 AS "failingForMs"
      FROM "WebhookEndpoint" WHERE "id" = ${claim.endpoint.id}::uuid FOR NO KEY UPDATE`;
    if (!endpoint) return;
    const verdict = judge(claim, attempt, endpoint);
    await insertAttempt(tx, claim, attempt, verdict);
    await tx.$executeRaw`
      UPDATE "WebhookDelivery" SET "status" = ${verdict.status}::"WebhookDeliveryStatus", "leaseUntil" = NULL,
        "nextTryAt" = now() + make_interval(secs => ${secondsOf(verdict, "retryInMs")}::float8)
      WHERE "id" = ${claim.id}::uuid AND "tries" = ${claim.tries}`;
    await tx.$executeRaw`
      UPDATE "WebhookEndpoint" SET
        "failingSince" = CASE WHEN ${verdict.status === "delivered"} THEN NULL ELSE coalesce("failingSince", now()) END,
        "lastDeliveredAt" = CASE WHEN ${verdict.status === "delivered"} THEN now() ELSE "lastDeliveredAt" END,
        "pausedUntil" = CASE WHEN NOT ${verdict.status === "delivered"} THEN
          greatest("pausedUntil", now() + make_interval(secs => ${secondsOf(verdict, "pauseMs")}::float8)) END
      WHERE "id" = ${claim.endpoint.id}::uuid`;
    const reason = closingReason(claim, verdict, endpoint);
    if (reason === null || !(await closeEndpoint(tx, claim.endpoint.id, now(), reason))) return;
    await recordAudit(tx, SYSTEM, now(), {
      action: "webhook.disable",
      target: { type: "webhook", id: claim.endpoint.id, label: endpoint.name },
      organizationId: null,
      after: { reason },
    });
  });
}

function judge(claim: DeliveryClaim, attempt: Attempt, { isEnabled }: EndpointRow): Verdict {
  const verdict = judgeAttempt(attempt, claim.tries, Math.random());
  const isForNobody = !isEnabled || claim.event.type === TEST_EVENT;
  return verdict.status === "pending" && isForNobody ? { status: "failed", isGone: false } : verdict;
}

/** Why an endpoint is to be disabled: it wants nothing any more, or has taken nothing for days. */
function closingReason(
  claim: DeliveryClaim,
  verdict: Verdict,
  { failingForMs }: EndpointRow,
): "gone" | "failing" | null {
  if (verdict.status !== "failed") return null;
  if (verdict.isGone) return "gone";
  const hasFailedForDays = failingForMs !== null && failingForMs >= FAILING_LIMIT_MS;
  return hasFailedForDays && claim.event.type !== TEST_EVENT ? "failing" : null;
}

function secondsOf(verdict: Verdict, key: "retryInMs" | "pauseMs"): number | null {
  const ms = verdict.status === "pending" ? verdict[key] : null;
  return ms === null ? null : ms / 1_000;
}

/** Whoever deleted the endpoint meanwhile deleted its log too. */
async function insertAttempt(
  tx: Tx,
  claim: DeliveryClaim,
  attempt: Attempt,
  verdict: Verdict,
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO "WebhookAttempt" ("id", "deliveryId", "occurredAt", "durationMs", "isSuccess", "httpStatus", "failure", "answer")
    SELECT ${uuidv7()}::uuid, "id", ${claim.now}, ${attempt.durationMs}::int, ${verdict.status === "delivered"},
      ${attempt.httpStatus}::int, ${attempt.failure?.slice(0, 500) ?? null}, ${attempt.answer}
    FROM "WebhookDelivery" WHERE "id" = ${claim.id}::uuid`;
}
