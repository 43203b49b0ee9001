import { ButtonLink } from "@/components/ui/button-link";

export interface EditClientLinkProps {
  integrationId: string;
  act: "edit_secret" | "edit_settings";
  /** Left out where the page is about this integration alone. */
  name?: string;
  size?: "sm";
  className?: string;
}

/** Leads to the field of the OAuth settings where a fault of the client is mended. */
export function EditClientLink({ integrationId, act, name, ...look }: EditClientLinkProps) {
  const label = act === "edit_secret" ? "Edit client secret" : "Edit OAuth settings";
  const field = act === "edit_secret" ? "oauth-clientSecret" : "oauth-clientId";
  return (
    <ButtonLink
      {...look}
      prefetch={false}
      href={`/settings/integrations/${integrationId}#field-${field}`}
      aria-label={name && `${label} ${name}`}
    >
      {label}
    </ButtonLink>
  );
}
