"use client";

import { lazy, Suspense } from "react";
import { useIntegrationScreen } from "@/components/integrations/integration-context";
import type { MappingActions } from "@/components/mappings/mapping-actions";
import { LatePart } from "@/components/ui/late";

const PolicySection = lazy(async () => ({
  default: (await import("@/components/mappings/policy-section")).PolicySection,
}));

/** The policy of an integration that can have one: whoever owns an integration uses its default connection as its own. */
export function PolicyBar({ setPolicy }: { setPolicy: MappingActions["setPolicy"] }) {
  const { view } = useIntegrationScreen();
  if (!view.oauth || view.organization) return null;
  return (
    <Suspense fallback={<LatePart className="h-16" />}>
      <PolicySection setPolicy={setPolicy} />
    </Suspense>
  );
}
