import type { Metadata } from "next";
import type { ReactNode } from "react";
import { webContext } from "@/app/context";
import { IntegrationScreen } from "@/components/integrations/integration-screen";
import { findPreset } from "@/lib/presets/list-presets";
import { deleteIntegrationAction, updateIntegrationAction } from "../actions";
import {
  acceptAccountAction,
  cancelConsentAction,
  connectAction,
  createScriptKeyAction,
  disconnectAction,
  keepAccountAction,
  refreshTokenAction,
  testConnectionAction,
} from "../connection-actions";
import { findIntegrationView, loadIntegrationView } from "../load-integration-view";

interface LayoutProps {
  params: Promise<{ id: string }>;
  children: ReactNode;
}

export async function generateMetadata({ params }: LayoutProps): Promise<Metadata> {
  const view = await findIntegrationView((await params).id);
  return { title: view?.name ?? "Not found" };
}

export default async function IntegrationLayout({ params, children }: LayoutProps) {
  const view = await loadIntegrationView((await params).id);
  const { publicUrl } = await webContext();
  return (
    <IntegrationScreen
      initial={view}
      publicUrl={publicUrl}
      revocationEndsWholeGrant={findPreset(view.presetId)?.revocationEndsWholeGrant ?? false}
      actions={{
        connect: connectAction,
        cancelConsent: cancelConsentAction,
        acceptAccount: acceptAccountAction,
        keepAccount: keepAccountAction,
        disconnect: disconnectAction,
        refresh: refreshTokenAction,
        test: testConnectionAction,
        save: updateIntegrationAction,
        remove: deleteIntegrationAction,
        createKey: createScriptKeyAction,
      }}
    >
      {children}
    </IntegrationScreen>
  );
}
