"use client";

import { lazy, Suspense } from "react";
import { ConnectionAlerts } from "@/components/integrations/connection-alerts";
import { ConnectionCard } from "@/components/integrations/connection-card";
import { HeldGrantPanel } from "@/components/integrations/held-grant-panel";
import { useIntegrationScreen } from "@/components/integrations/integration-context";
import { RedirectUri } from "@/components/integrations/redirect-uri";
import { SettingsFacts } from "@/components/integrations/settings-facts";
import { TestResult } from "@/components/integrations/test-result";
import { UseItPanel } from "@/components/integrations/use-it-panel";
import { LatePart } from "@/components/ui/late";

const SettingsForm = lazy(async () => ({
  default: (await import("@/components/integrations/settings-form")).SettingsForm,
}));

/** The first tab of an integration's page: where the service sends people back to, the connection, how to use it, the settings. */
export function Overview() {
  const { view } = useIntegrationScreen();
  const usable = view.status === "active" || view.status === "degraded" || view.status === "configured";
  return (
    <div className="flex flex-col gap-5">
      {view.oauth?.flowType === "authorization_code" && <RedirectUri value={view.redirectUri} />}
      <HeldGrantPanel />
      <ConnectionAlerts />
      <TestResult />
      <ConnectionCard />
      {usable && <UseItPanel />}
      {view.can.edit ? (
        <Suspense fallback={<LatePart className="h-80" />}>
          <SettingsForm />
        </Suspense>
      ) : (
        <SettingsFacts />
      )}
    </div>
  );
}
