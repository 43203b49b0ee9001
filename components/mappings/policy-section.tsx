"use client";

import { lazy, useState } from "react";
import { useIntegrationScreen } from "@/components/integrations/integration-context";
import type { MappingActions } from "@/components/mappings/mapping-actions";
import { POLICY_WORDS, whatTheyGet } from "@/components/mappings/policy-words";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";

const PolicyForm = lazy(async () => ({
  default: (await import("@/components/mappings/policy-form")).PolicyForm,
}));

const TITLE = "Organizations without a connection of their own";

/** What organizations without a connection of their own get, and for whose entity that is. */
export function PolicySection({ setPolicy }: { setPolicy: MappingActions["setPolicy"] }) {
  const { view, gone } = useIntegrationScreen();
  const [open, setOpen] = useState(false);
  const lends = view.organizationPolicy !== "none";
  return (
    <section
      aria-label={TITLE}
      className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 rounded-lg border bg-surface px-4 py-2.5"
    >
      <div className="min-w-0 text-sm">
        <p>
          <span className="text-muted">{TITLE}:</span>{" "}
          <span className="font-medium">{POLICY_WORDS[view.organizationPolicy]}</span>
          {lends && (
            <span className="text-muted">
              {" · "}
              {view.lendsDefaultToKeys ? "their API keys may use it too" : "their API keys may not"}
            </span>
          )}
        </p>
        {lends && <p className="text-muted">{whatTheyGet(view)}</p>}
      </div>
      {view.can.edit && !gone && (
        <Button size="sm" onClick={() => setOpen(true)}>
          Change policy
        </Button>
      )}
      <Dialog open={open} onOpenChange={setOpen} title={TITLE} size="md">
        <PolicyForm title={TITLE} setPolicy={setPolicy} close={() => setOpen(false)} />
      </Dialog>
    </section>
  );
}
