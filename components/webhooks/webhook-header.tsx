"use client";

import { Ellipsis } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import { PageHeader } from "@/components/patterns/page-header";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { iconButtonClass } from "@/components/ui/icon-button";
import { Menu, type MenuEntry } from "@/components/ui/menu";
import { toastSuccess } from "@/components/ui/toast";
import { DeleteWebhookDialog } from "@/components/webhooks/delete-webhook-dialog";
import { RotateSecretDialog } from "@/components/webhooks/rotate-secret-dialog";
import { UNREACHABLE, type WebhookActions } from "@/components/webhooks/webhook-actions";
import { WebhookState } from "@/components/webhooks/webhook-state";
import type { WebhookView } from "@/lib/webhooks/schema";

interface WebhookHeaderProps {
  webhook: WebhookView;
  actions: WebhookActions;
}

/** A webhook's name, where it stands, and what can be done with it. */
export function WebhookHeader({ webhook, actions }: WebhookHeaderProps) {
  const { id, name, isEnabled, format } = webhook;
  const [dialog, setDialog] = useState<"rotate" | "delete" | null>(null);
  const [failure, setFailure] = useState<{ title: string; message: string } | null>(null);
  const [pending, startTransition] = useTransition();
  const router = useRouter();
  const close = (open: boolean) => !open && setDialog(null);

  function test() {
    startTransition(async () => {
      const result = await actions.test(id).catch(() => null);
      const outcome = result?.ok
        ? result.value
        : { isSuccess: false, message: result?.message ?? UNREACHABLE };
      setFailure(
        outcome.isSuccess ? null : { title: "The test event was not delivered", message: outcome.message },
      );
      if (outcome.isSuccess) toastSuccess("The test event was delivered");
    });
  }

  function setEnabled(enabled: boolean) {
    startTransition(async () => {
      const result = await (enabled ? actions.enable(id) : actions.disable(id)).catch(() => null);
      const title = `${name} was not ${enabled ? "enabled" : "disabled"}`;
      setFailure(result?.ok ? null : { title, message: result?.message ?? UNREACHABLE });
      if (result?.ok) toastSuccess(`${name} is ${enabled ? "enabled" : "disabled"}`);
    });
  }

  const entries: MenuEntry[] = [
    { kind: "link", label: "Edit", href: `/settings/webhooks/${id}/edit` },
    ...(format === "standard"
      ? [{ label: "Rotate signing secret", onSelect: () => setDialog("rotate") } as const]
      : []),
    ...(isEnabled ? [{ label: "Disable", onSelect: () => setEnabled(false) } as const] : []),
    { kind: "separator" },
    { label: "Delete webhook", danger: true, onSelect: () => setDialog("delete") },
  ];
  return (
    <>
      <PageHeader
        title={name}
        badge={<WebhookState webhook={webhook} />}
        back={{ href: "/settings/webhooks", label: "Webhooks" }}
        action={
          <Button variant="primary" pending={pending} onClick={test}>
            Send test event
          </Button>
        }
        secondary={
          !isEnabled && (
            <Button pending={pending} onClick={() => setEnabled(true)}>
              Enable
            </Button>
          )
        }
        menu={
          <Menu label={`More actions for ${name}`} entries={entries} triggerClassName={iconButtonClass}>
            <Ellipsis aria-hidden />
          </Menu>
        }
      />
      {failure && (
        <Alert tone="danger" title={failure.title} live>
          {failure.message}
        </Alert>
      )}
      <RotateSecretDialog
        webhook={webhook}
        rotate={actions.rotateSecret}
        open={dialog === "rotate"}
        onOpenChange={close}
      />
      <DeleteWebhookDialog
        webhook={webhook}
        remove={async (typed) => {
          const result = await actions.remove(id, typed).catch(() => null);
          if (!result?.ok) return result?.message ?? UNREACHABLE;
          toastSuccess(`${name} was deleted`);
          router.push("/settings/webhooks");
        }}
        open={dialog === "delete"}
        onOpenChange={close}
      />
    </>
  );
}
