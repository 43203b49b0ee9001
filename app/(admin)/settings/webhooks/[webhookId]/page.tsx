import { Webhook } from "lucide-react";
import type { Metadata } from "next";
import { webContext } from "@/app/context";
import { EmptyState } from "@/components/ui/empty-state";
import { Pagination } from "@/components/ui/pagination";
import { DeliveryLog } from "@/components/webhooks/delivery-log";
import { LiveRefresh } from "@/components/webhooks/live-refresh";
import { WebhookFacts, WebhookTrouble } from "@/components/webhooks/webhook-facts";
import { WebhookHeader } from "@/components/webhooks/webhook-header";
import { listDeliveries } from "@/lib/webhooks/queries";
import { DELIVERY_PAGE_SIZE, type DeliveryRow } from "@/lib/webhooks/schema";
import {
  deleteWebhookAction,
  disableWebhookAction,
  enableWebhookAction,
  redeliverAction,
  rotateSecretAction,
  sendTestEventAction,
} from "../actions";
import { loadWebhook } from "../load-webhook";

export const metadata: Metadata = { title: "Webhook" };

interface PageProps {
  params: Promise<{ webhookId: string }>;
  searchParams: Promise<{ page?: string | string[] }>;
}

const ACTIONS = {
  test: sendTestEventAction,
  enable: enableWebhookAction,
  disable: disableWebhookAction,
  rotateSecret: rotateSecretAction,
  remove: deleteWebhookAction,
};

export default async function WebhookPage({ params, searchParams }: PageProps) {
  const { webhookId } = await params;
  const webhook = await loadWebhook(webhookId);
  const ctx = await webContext();
  const wanted = Number((await searchParams).page ?? 1);
  const log = await listDeliveries(ctx, webhookId, Number.isSafeInteger(wanted) ? wanted : 1);
  const { rows, total, page, pageCount } = log;
  const first = (page - 1) * DELIVERY_PAGE_SIZE + 1;
  const hrefOf = (to: number) => `/settings/webhooks/${webhookId}${to > 1 ? `?page=${to}` : ""}`;
  return (
    <>
      <WebhookHeader webhook={webhook} actions={ACTIONS} />
      <WebhookTrouble webhook={webhook} />
      <WebhookFacts webhook={webhook} />
      <section className="flex flex-col gap-3">
        <h2 className="font-medium">Deliveries</h2>
        {total === 0 ? (
          <EmptyState title="Nothing sent yet" icon={<Webhook />}>
            Every event sent here is listed for 30 days with what the receiver answered. Send a test event to
            see whether it arrives.
          </EmptyState>
        ) : (
          <>
            <DeliveryLog rows={rows} redeliver={redeliverAction} />
            <Pagination
              summary={
                total === 1
                  ? "1 delivery"
                  : `${first}–${first + rows.length - 1} of ${total.toLocaleString("en")} deliveries`
              }
              previousHref={page > 1 ? hrefOf(page - 1) : undefined}
              nextHref={page < pageCount ? hrefOf(page + 1) : undefined}
            />
          </>
        )}
      </section>
      <LiveRefresh isActive={rows.some((row) => isAboutToChange(row, ctx.now()))} />
    </>
  );
}

const SOON_MS = 60_000;

function isAboutToChange({ nextTryAt, isUnderWay }: DeliveryRow, now: Date): boolean {
  return isUnderWay || (nextTryAt !== null && Date.parse(nextTryAt) < now.getTime() + SOON_MS);
}
