"use client";

import { usePathname } from "next/navigation";
import { lazy, Suspense, useEffect, useRef, useState, type ReactNode } from "react";
import { DetailHeader } from "@/components/integrations/detail-header";
import { IntegrationContext, useConnectionActs } from "@/components/integrations/integration-context";
import type { IntegrationActions } from "@/components/integrations/integration-actions";
import { useIntegration } from "@/components/integrations/integration-query";
import { TestResult } from "@/components/integrations/test-result";
import { Alert } from "@/components/ui/alert";
import { announce } from "@/components/ui/announce";
import { Badge } from "@/components/ui/badge";
import { ButtonLink } from "@/components/ui/button-link";
import { Tabs } from "@/components/ui/tabs";
import type { IntegrationView } from "@/lib/integrations/schema";

const ClientTrouble = lazy(async () => ({
  default: (await import("@/components/integrations/client-trouble")).ClientTrouble,
}));

export interface IntegrationScreenProps {
  initial: IntegrationView;
  publicUrl: string;
  revocationEndsWholeGrant: boolean;
  actions: IntegrationActions;
  children: ReactNode;
}

/** The frame of one integration's page: its header, its tabs, and what all tabs share. */
export function IntegrationScreen({ initial, children, ...given }: IntegrationScreenProps) {
  const [deleted, setDeleted] = useState(false);
  const { view, gone } = useIntegration(initial, deleted);
  const connection = useConnectionActs(view.id);
  const [unsaved, setUnsaved] = useState(false);
  const path = `/settings/integrations/${view.id}`;
  const onOverview = usePathname() === path;
  useAnnouncedStatus(view);
  return (
    <IntegrationContext
      value={{ ...given, view, gone, connection, unsaved, setUnsaved, deleted, setDeleted }}
    >
      <DetailHeader />
      <Tabs
        label={`Parts of ${view.name}`}
        tabs={[
          { label: "Overview", href: path, exact: true },
          {
            label: "Configuration",
            href: `${path}/configuration`,
            badge: view.missing.length > 0 && (
              <Badge className="max-sm:hidden">{view.missing.length} missing</Badge>
            ),
          },
          {
            label: "Mappings",
            href: `${path}/mappings`,
            badge: view.counts.mappings > 0 && (
              <Badge className="max-sm:hidden">{view.counts.mappings.toLocaleString("en")}</Badge>
            ),
          },
          { label: "Activity", href: `${path}/activity` },
        ]}
      />
      {gone && (
        <Alert
          tone="danger"
          title="This integration was deleted meanwhile"
          live
          action={<ButtonLink href="/settings/integrations">Go to the list</ButtonLink>}
        >
          Nothing here can be saved any more. What you typed is still on this screen, so that you can copy it.
        </Alert>
      )}
      {view.oauth?.error && (
        <Suspense>
          <ClientTrouble integrationId={view.id} trouble={view.oauth.error} />
        </Suspense>
      )}
      {/* The Overview shows it beside the connection. */}
      {!onOverview && <TestResult />}
      {children}
    </IntegrationContext>
  );
}

/** Says aloud what the eye sees: the badge changed by itself. */
function useAnnouncedStatus({ name, status }: IntegrationView) {
  const last = useRef(status);
  useEffect(() => {
    if (last.current === status) return;
    last.current = status;
    announce(`${name}: ${status.replaceAll("_", " ")}`);
  }, [name, status]);
}
