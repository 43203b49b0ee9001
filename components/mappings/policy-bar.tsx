"use client";

import { useState } from "react";
import { useSave } from "@/components/config/use-save";
import { accountInWords } from "@/components/integrations/connection-facts";
import { useIntegrationScreen } from "@/components/integrations/integration-context";
import type { MappingActions } from "@/components/mappings/mapping-actions";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Dialog } from "@/components/ui/dialog";
import { RadioGroup } from "@/components/ui/radio-group";
import { toastSuccess } from "@/components/ui/toast";
import { derivedHindrance } from "@/lib/integrations/rules";
import type { IntegrationView } from "@/lib/integrations/schema";

const FORM_ID = "organization-policy";
const TITLE = "Organizations without a connection of their own";

const WORDS = {
  default: "Use the default connection",
  derived: "Use the default consent at their own Token URL",
  none: "Get no token",
};

/** What organizations without a connection of their own get, and for whose entity that is. */
export function PolicyBar({ setPolicy }: { setPolicy: MappingActions["setPolicy"] }) {
  const { view, gone } = useIntegrationScreen();
  const [open, setOpen] = useState(false);
  // Whoever owns an integration uses its default connection as its own.
  if (!view.oauth || view.organization) return null;
  const lends = view.organizationPolicy !== "none";
  return (
    <section
      aria-label={TITLE}
      className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 rounded-lg border bg-surface px-4 py-2.5"
    >
      <div className="min-w-0 text-sm">
        <p>
          <span className="text-muted">{TITLE}:</span>{" "}
          <span className="font-medium">{WORDS[view.organizationPolicy]}</span>
          {lends && (
            <span className="text-muted">
              {" · "}
              {view.lendsDefaultToKeys ? "their API keys may use it too" : "their API keys may not"}
            </span>
          )}
        </p>
        {lends && <p className="text-muted">{whoseDefault(view)}</p>}
      </div>
      {view.can.edit && !gone && (
        <Button size="sm" onClick={() => setOpen(true)}>
          Change policy
        </Button>
      )}
      <Dialog open={open} onOpenChange={setOpen} title={TITLE} size="md">
        <PolicyForm setPolicy={setPolicy} close={() => setOpen(false)} />
      </Dialog>
    </section>
  );
}

/** Whose token the default connection's is. */
function whoseDefault({ connection, defaultEntityId }: IntegrationView): string {
  if (!connection || connection.status === "not_connected") {
    return "The default connection is not connected: they get no token until it is.";
  }
  const account = accountInWords(connection.account);
  const entity = connection.entityId ?? connection.account?.tenant ?? defaultEntityId;
  return `The default connection is ${account ?? "an account that the service does not name"}${entity ? `, for entity ${entity}` : ""}. Where an organization's entity is another, its row says so.`;
}

function PolicyForm({ setPolicy, close }: { setPolicy: MappingActions["setPolicy"]; close: () => void }) {
  const { view, connection } = useIntegrationScreen();
  const save = useSave(FORM_ID);

  async function submit(form: FormData) {
    const chosen = form.get("organizationPolicy");
    const organizationPolicy = chosen === "none" || chosen === "derived" ? chosen : "default";
    const lendsDefaultToKeys = form.get("lendsDefaultToKeys") === "on";
    const input = {
      integrationId: view.id,
      version: view.version,
      organizationPolicy,
      lendsDefaultToKeys,
    } as const;
    const saved = await save.run(() => setPolicy(input));
    await connection.refresh();
    if (!saved) return;
    toastSuccess("Policy saved");
    close();
  }
  return (
    <form
      id={FORM_ID}
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        event.stopPropagation();
        void submit(new FormData(event.currentTarget));
      }}
    >
      {save.failure && (
        <Alert tone="danger" title="The policy was not saved" live>
          {save.failure.message}
        </Alert>
      )}
      <RadioGroup
        label={TITLE}
        hideLabel
        name="organizationPolicy"
        defaultValue={view.organizationPolicy}
        options={[
          { value: "default", label: WORDS.default, hint: `They act as its account. ${whoseDefault(view)}` },
          {
            value: "derived",
            label: WORDS.derived,
            hint:
              derivedHindrance(view.oauth)?.message ??
              "One consent, every customer: each mapped organization gets a token of its own entity, made with the default connection's consent (Microsoft partners: GDAP).",
          },
          {
            value: "none",
            label: WORDS.none,
            hint: "Scripts of such an organization are told that nobody has connected it.",
          },
        ]}
      />
      <Checkbox
        name="lendsDefaultToKeys"
        defaultChecked={view.lendsDefaultToKeys}
        label="API keys of managed organizations may use the default connection"
        hint="Off: only executions and the provider's own keys get its access token. A customer's key acts with the default account's rights when this is on."
      />
      <div className="flex justify-end gap-2 max-sm:flex-col-reverse">
        <Button onClick={close}>Cancel</Button>
        <Button type="submit" variant="primary" pending={save.pending}>
          Save
        </Button>
      </div>
    </form>
  );
}
