"use client";

import { useSave } from "@/components/config/use-save";
import { useIntegrationScreen } from "@/components/integrations/integration-context";
import type { MappingActions } from "@/components/mappings/mapping-actions";
import { POLICY_WORDS, whoseDefault } from "@/components/mappings/policy-words";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { RadioGroup } from "@/components/ui/radio-group";
import { toastSuccess } from "@/components/ui/toast";
import { derivedHindrance } from "@/lib/integrations/rules";

const FORM_ID = "organization-policy";

export interface PolicyFormProps {
  title: string;
  setPolicy: MappingActions["setPolicy"];
  close: () => void;
}

/** What organizations without a connection of their own get, as a choice. */
export function PolicyForm({ title, setPolicy, close }: PolicyFormProps) {
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
        label={title}
        hideLabel
        name="organizationPolicy"
        defaultValue={view.organizationPolicy}
        options={[
          {
            value: "default",
            label: POLICY_WORDS.default,
            hint: `They act as its account. ${whoseDefault(view)}`,
          },
          {
            value: "derived",
            label: POLICY_WORDS.derived,
            hint:
              derivedHindrance(view.oauth)?.message ??
              "One consent, every customer: each mapped organization gets a token of its own entity, made with the default connection's consent (Microsoft partners: GDAP).",
          },
          {
            value: "none",
            label: POLICY_WORDS.none,
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
