"use client";

import { ChevronLeft } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { connectionFacts } from "@/components/integrations/connection-facts";
import { useConnectionActs, useIntegrationScreen } from "@/components/integrations/integration-context";
import type { MappingActions } from "@/components/mappings/mapping-actions";
import { mappingsHref } from "@/components/mappings/mapping-address";
import { useMapping } from "@/components/mappings/mapping-query";
import { OwnConnectionCard } from "@/components/mappings/own-connection-card";
import { useNow } from "@/components/patterns/clock";
import { StatusBadge } from "@/components/patterns/status-badge";
import { Alert } from "@/components/ui/alert";
import { announce } from "@/components/ui/announce";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { LatePart } from "@/components/ui/late";
import { TextLink } from "@/components/ui/text-link";
import { OpenedOnce } from "@/components/ui/opened-once";
import type { MappingView } from "@/lib/mappings/schema";

const EffectiveCard = lazy(async () => ({
  default: (await import("@/components/mappings/effective-card")).EffectiveCard,
}));

const MappingForm = lazy(async () => ({
  default: (await import("@/components/mappings/mapping-form")).MappingForm,
}));

const ValuesTestCard = lazy(async () => ({
  default: (await import("@/components/mappings/values-test-card")).ValuesTestCard,
}));

const RemoveMappingDialog = lazy(async () => ({
  default: (await import("@/components/mappings/remove-mapping-dialog")).RemoveMappingDialog,
}));

export interface MappingScreenProps {
  initial: MappingView;
  actions: MappingActions;
}

/** One organization's mapping: who it is at the service, its overrides, its own connection, and what scripts get. */
export function MappingScreen({ initial, actions }: MappingScreenProps) {
  const { view } = useIntegrationScreen();
  const mapping = useMapping(initial);
  const acts = useConnectionActs(view.id);
  const router = useRouter();
  const [removing, setRemoving] = useState(false);
  const organization = mapping.effective.organization ?? { id: "", name: "" };
  const facts = connectionFacts(mapping, useNow());
  const isWaiting = facts?.waiting ?? false;
  const { oauth, shadowedBy } = mapping.effective;
  const overrides = mapping.effective.values.filter(({ hasOverride }) => hasOverride).length;
  const status = oauth?.status ?? null;
  useAnnouncedStatus(organization.name, status);

  return (
    <div className="flex flex-col gap-5">
      <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2">
        <div className="min-w-0">
          <Link
            href={mappingsHref(view.id)}
            className="mb-1 -ml-1 inline-flex items-center gap-0.5 rounded pr-1 text-sm text-muted hover:text-ink max-sm:min-h-11"
          >
            <ChevronLeft aria-hidden className="size-4" />
            All mappings
          </Link>
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <h2 className="min-w-0 text-lg font-semibold wrap-anywhere">{organization.name}</h2>
            {status && oauth?.source && (
              <StatusBadge status={status} waiting={isWaiting && status === "not_connected"} />
            )}
            {isWaiting && !(oauth?.source && status === "not_connected") && (
              <StatusBadge status="not_connected" waiting />
            )}
            {!mapping.mapping && <Badge>Not mapped</Badge>}
          </div>
        </div>
        {mapping.can.remove && (
          <Button variant="danger" onClick={() => setRemoving(true)}>
            Remove mapping
          </Button>
        )}
      </header>
      {shadowedBy && (
        <Alert
          tone="warning"
          title={`${organization.name} has an integration of its own called ${view.name}`}
        >
          Its scripts get <TextLink href={`/settings/integrations/${shadowedBy.id}`}>that one</TextLink>, and
          never what is set here.
        </Alert>
      )}
      <div className="grid items-start gap-5 xl:grid-cols-[minmax(0,1fr)_25rem]">
        <div className="flex min-w-0 flex-col gap-5">
          <Suspense fallback={<LatePart className="h-72" />}>
            <MappingForm view={mapping} actions={actions} refresh={acts.refresh} />
          </Suspense>
        </div>
        <div className="flex min-w-0 flex-col gap-5">
          {view.oauth ? (
            <OwnConnectionCard mapping={mapping} acts={acts} />
          ) : (
            mapping.can.test && (
              <Suspense fallback={<LatePart className="h-32" />}>
                <ValuesTestCard organization={organization} acts={acts} />
              </Suspense>
            )
          )}
          <Suspense fallback={<LatePart className="h-52" />}>
            <EffectiveCard mapping={mapping} />
          </Suspense>
        </div>
      </div>
      <OpenedOnce open={removing}>
        <RemoveMappingDialog
          open={removing}
          organization={organization}
          overrides={overrides}
          hasOwnConnection={oauth?.source === "organization"}
          actions={actions}
          onClose={() => setRemoving(false)}
          onRemoved={() => {
            void acts.refresh();
            router.push(mappingsHref(view.id));
          }}
        />
      </OpenedOnce>
    </div>
  );
}

/** Says aloud what the eye sees: the badge changed by itself. */
function useAnnouncedStatus(name: string, status: string | null) {
  const last = useRef(status);
  useEffect(() => {
    if (last.current === status) return;
    last.current = status;
    if (status) announce(`${name}: ${status.replaceAll("_", " ")}`);
  }, [name, status]);
}
