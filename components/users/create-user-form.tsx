"use client";

import { useState } from "react";
import { FormFailure } from "@/components/auth/form-failure";
import { useHydrated } from "@/components/integrations/use-hydrated";
import { SearchPicker, type PickedItem } from "@/components/patterns/search-picker";
import { useServerForm } from "@/components/patterns/use-server-form";
import { SetupLinkField } from "@/components/users/setup-link-field";
import type { UserActions } from "@/components/users/user-actions";
import { ButtonLink } from "@/components/ui/button-link";
import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { SubmitButton } from "@/components/ui/submit-button";
import { ROLE_LABELS, rolesFor } from "@/lib/users/rules";

export interface CreateUserFormProps {
  action: UserActions["create"];
  /** Where the new user belongs unless another is chosen. */
  home: PickedItem & { kind: "provider" | "managed" };
  /** The one creating may choose among all organizations. */
  mayChoose: boolean;
}

/** Email, organization and role; then the link with which the new user chooses a password. */
export function CreateUserForm({ action, home, mayChoose }: CreateUserFormProps) {
  const hydrated = useHydrated();
  const { formProps, pending, result, errorsOf, formErrors } = useServerForm("create-user", action);
  const [organization, setOrganization] = useState<PickedItem[]>([{ id: home.id, name: home.name }]);
  // Only the provider's own people have the provider's roles.
  const kind = organization[0]?.id === home.id ? home.kind : "managed";
  if (result?.ok) {
    return (
      <Card title={`${result.value.email} is created`} className="max-w-2xl">
        <div className="flex flex-col gap-4">
          <SetupLinkField link={result.value} />
          <div>
            <ButtonLink href="/settings/users">Done</ButtonLink>
          </div>
        </div>
      </Card>
    );
  }
  return (
    <form {...formProps} className="flex max-w-lg flex-col gap-4">
      <FormFailure errors={formErrors} title="The user was not created" />
      <Field label="Email" id="user-email" error={errorsOf("email")} required>
        <Input type="email" name="email" autoComplete="off" autoFocus />
      </Field>
      <Field label="Name" id="user-name" error={errorsOf("name")} hint="May be left blank.">
        <Input name="name" autoComplete="off" />
      </Field>
      {/* Not what stands above: the focus starts there, and what is typed there stays. */}
      <fieldset disabled={!hydrated} className="contents">
        {mayChoose ? (
          <Field
            label="Organization"
            id="user-organization"
            error={errorsOf("organizationId")}
            hint="Whose data the user sees. People of the provider organization see every organization's."
            required
          >
            <SearchPicker
              single
              name="organizationId"
              searchUrl="/api/organizations?active=1"
              picked={organization}
              onChange={setOrganization}
              placeholder="Search organizations"
            />
          </Field>
        ) : (
          <input type="hidden" name="organizationId" value={home.id} />
        )}
        <Field label="Role" id="user-role" error={errorsOf("role")} hint={<RoleHint kind={kind} />} required>
          <Select
            key={kind}
            name="role"
            defaultValue="viewer"
            options={rolesFor(kind).map((role) => ({ value: role, label: ROLE_LABELS[role] }))}
          />
        </Field>
        <div className="flex gap-2">
          <SubmitButton pending={pending}>Create user</SubmitButton>
          <ButtonLink href="/settings/users">Cancel</ButtonLink>
        </div>
      </fieldset>
    </form>
  );
}

/** What the roles of an organization may do, in one line each. */
export function RoleHint({ kind }: { kind: "provider" | "managed" }) {
  return kind === "provider"
    ? "A platform admin may do everything. A technician maps, connects and tests, and sees no secret. A viewer reads."
    : "An organization admin manages the organization's mapping, connection, users and API keys. A viewer reads.";
}
