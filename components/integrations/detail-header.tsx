"use client";

import { Ellipsis } from "lucide-react";
import { usePathname } from "next/navigation";
import { lazy, useState } from "react";
import { useConnect } from "@/components/integrations/connect-button";
import { connectionFacts } from "@/components/integrations/connection-facts";
import { useIntegrationScreen } from "@/components/integrations/integration-context";
import { StatusBadges } from "@/components/integrations/status-badges";
import { useDetailCommands } from "@/components/integrations/use-detail-commands";
import { useExport } from "@/components/integrations/use-export";
import { isRefreshable, useRefreshToken } from "@/components/integrations/use-refresh-token";
import { useTestConnection } from "@/components/integrations/use-test-connection";
import { useNow } from "@/components/patterns/clock";
import { PageHeader } from "@/components/patterns/page-header";
import { Alert } from "@/components/ui/alert";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { buttonClass } from "@/components/ui/button-class";
import { Menu, type MenuEntry } from "@/components/ui/menu";
import { OpenedOnce } from "@/components/ui/opened-once";

const DeleteDialog = lazy(async () => ({
  default: (await import("@/components/integrations/delete-dialog")).DeleteDialog,
}));

const DisconnectDialog = lazy(async () => ({
  default: (await import("@/components/integrations/disconnect-dialog")).DisconnectDialog,
}));

/** Name, badge and the buttons of an integration's page, above every tab. */
export function DetailHeader() {
  const { view, gone, actions, connection, unsaved } = useIntegrationScreen();
  // Each other tab has a filled button of its own.
  const onOverview = usePathname() === `/settings/integrations/${view.id}`;
  const facts = connectionFacts(view, useNow());
  const connect = useConnect(view, actions.connect);
  const test = useTestConnection();
  const { lastRefreshAt } = view.connection ?? {};
  const whose = { integrationId: view.id, name: view.name, lastRefreshAt };
  const refresh = useRefreshToken(whose, actions.refresh, connection);
  const download = useExport(view);
  const [asked, setAsked] = useState<"disconnect" | "delete" | null>(null);
  const mayConnect = view.can.connect && facts !== null && !gone;
  const isTestable = view.oauth ? (view.connection?.hasAccessToken ?? false) : view.status === "configured";
  const mayTest = view.can.test && isTestable && !gone;
  const mayRefresh = mayConnect && isRefreshable(view.connection, view.oauth?.flowType);
  const mayDisconnect = mayConnect && view.connection?.status !== "not_connected";

  const entries: MenuEntry[] = [
    ...(view.can.edit && onOverview ? [{ label: "Rename", onSelect: focusName }] : []),
    ...(mayRefresh ? [{ label: "Refresh token", onSelect: refresh.run }] : []),
    ...(mayConnect && facts.waiting ? [{ label: "Stop waiting for consent", onSelect: stopWaiting }] : []),
    ...(view.can.edit && !gone ? [{ label: "Export", onSelect: download.start }] : []),
    ...(mayDisconnect ? [{ label: "Disconnect", danger: true, onSelect: () => setAsked("disconnect") }] : []),
    ...(view.can.edit && !gone
      ? [{ label: "Delete integration", danger: true, onSelect: () => setAsked("delete") }]
      : []),
  ];
  useDetailCommands(view, entries, {
    connect: mayConnect ? { verb: facts.verb, run: connect.start } : null,
    test: mayTest ? test.run : null,
  });

  const failure = connect.error
    ? { title: "Connecting did not start", message: connect.error }
    : (download.failure ?? connection.failure);
  return (
    <>
      <PageHeader
        back={{ href: "/settings/integrations", label: "Integrations" }}
        title={view.name}
        badge={
          <>
            <StatusBadges view={view} waiting={facts?.waiting ?? false} />
            <Badge>{view.organization ? view.organization.name : "Global"}</Badge>
          </>
        }
        description={view.description}
        secondary={
          mayTest && (
            <Button onClick={test.run} pending={connection.running === "test"}>
              Test connection
            </Button>
          )
        }
        action={
          mayConnect && (
            <Button
              variant={
                onOverview && facts.needsConnect && !unsaved && !view.connection?.heldGrant
                  ? "primary"
                  : "secondary"
              }
              pending={connect.pending}
              onClick={connect.start}
            >
              {facts.verb}
            </Button>
          )
        }
        menu={
          entries.length > 0 && (
            <Menu
              label={`More actions for ${view.name}`}
              entries={entries}
              triggerClassName={buttonClass("secondary", "md", "px-2!")}
            >
              <Ellipsis aria-hidden />
            </Menu>
          )
        }
      />
      {failure && (
        <Alert tone="danger" title={failure.title} live>
          {failure.message}
        </Alert>
      )}
      <OpenedOnce open={asked === "disconnect"}>
        <DisconnectDialog open={asked === "disconnect"} onOpenChange={(open) => !open && setAsked(null)} />
      </OpenedOnce>
      <OpenedOnce open={asked === "delete"}>
        <DeleteDialog open={asked === "delete"} onOpenChange={(open) => !open && setAsked(null)} />
      </OpenedOnce>
    </>
  );

  function stopWaiting() {
    void connection.run("cancel", () => actions.cancelConsent(view.id));
  }
}

/** Renaming is done in the settings, so that a rename and what follows from it are saved as one. */
function focusName() {
  // After the menu has given the focus back to its button.
  setTimeout(() => {
    const field = document.getElementById("field-name");
    field?.scrollIntoView({ block: "center" });
    if (field instanceof HTMLInputElement) field.select();
  }, 60);
}
