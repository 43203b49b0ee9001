import type { Metadata } from "next";
import { cache } from "react";
import { z } from "zod";
import { webContext } from "@/app/context";
import { MappingScreen } from "@/components/mappings/mapping-screen";
import { MessagePage } from "@/components/patterns/message-page";
import { ButtonLink } from "@/components/ui/button-link";
import { AppError } from "@/lib/errors";
import { getMappingView } from "@/lib/mappings/get-mapping-view";
import type { MappingView } from "@/lib/mappings/schema";
import { loadIntegrationView } from "../../../load-integration-view";
import { removeMappingAction, saveMappingAction, setPolicyAction } from "../../../mapping-actions";

interface PageProps {
  params: Promise<{ id: string; organizationId: string }>;
}

const UNSEEN = new Set(["organization_not_found", "scope_forbidden", "integration_not_found"]);

/** The mapping of this address, read once per request; null where there is none to see. */
const findMappingView = cache(async (id: string, organizationId: string): Promise<MappingView | null> => {
  if (!z.uuid().safeParse(organizationId).success) return null;
  try {
    return await getMappingView(await webContext(), id, organizationId);
  } catch (error) {
    if (error instanceof AppError && UNSEEN.has(error.code)) return null;
    throw error;
  }
});

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  const { id, organizationId } = await params;
  if (!z.uuid().safeParse(id).success) return { title: "Not found" };
  const view = await findMappingView(id, organizationId);
  return { title: view ? `${view.effective.organization?.name} · ${view.effective.name}` : "Not found" };
}

export default async function MappingPage({ params }: PageProps) {
  const { id, organizationId } = await params;
  await loadIntegrationView(id);
  const view = await findMappingView(id, organizationId);
  if (!view) {
    return (
      <MessagePage
        level={2}
        title="There is no such organization here"
        actions={
          <ButtonLink href={`/settings/integrations/${id}/mappings`}>Go to the list of mappings</ButtonLink>
        }
      >
        It was deactivated or never existed, or it is not yours to see.
      </MessagePage>
    );
  }
  return (
    <MappingScreen
      initial={view}
      actions={{ save: saveMappingAction, remove: removeMappingAction, setPolicy: setPolicyAction }}
    />
  );
}
