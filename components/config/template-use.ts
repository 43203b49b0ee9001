import type { IntegrationView } from "@/lib/integrations/schema";

/** The labels of the URLs that a config field stands in. */
export function urlsUsing(key: string, { oauth, testUrl }: IntegrationView): string[] {
  const urls: [label: string, url: string | null | undefined][] = [
    ["Authorization URL", oauth?.authorizationUrl],
    ["Token URL", oauth?.tokenUrl],
    ["Revocation URL", oauth?.revocationUrl],
    ["Identity URL", oauth?.identityUrl],
    ["Test URL", testUrl],
  ];
  return urls.flatMap(([label, url]) => (url?.includes(`{${key}}`) ? [label] : []));
}
