import { TEST_EVENT } from "./rules";

/** An event as the outbox holds it. */
export interface StoredEvent {
  id: string;
  type: string;
  occurredAt: Date;
  integrationId: string | null;
  integrationName: string | null;
  organizationId: string | null;
  organizationName: string | null;
  connectionId: string | null;
  status: string | null;
  code: string | null;
  message: string | null;
  mends: string[];
  path: string;
}

/** The body of a Standard Webhook: the same bytes at each try, as what was signed must be what is sent. */
export function buildPayload(event: StoredEvent, publicUrl: string): string {
  const url = `${publicUrl}${event.path}`;
  const data =
    event.type === TEST_EVENT
      ? { message: event.message, url }
      : {
          integration_id: event.integrationId,
          integration_name: event.integrationName,
          organization_id: event.organizationId,
          organization_name: event.organizationName,
          connection_id: event.connectionId,
          status: event.status,
          error: event.code === null ? null : { code: event.code, message: event.message ?? "" },
          mends: event.mends,
          url,
        };
  return JSON.stringify({ type: event.type, timestamp: event.occurredAt.toISOString(), data });
}

/** What a person reads of an event in a chat. None of it is fit to be interpreted: names and words are strangers'. */
export interface EventWords {
  title: string;
  /** Null where the title says it all. */
  detail: string | null;
  url: string;
  /** On the link. */
  linkText: string;
}

/** An event in words, for the formats that people read. */
export function describeEvent(event: StoredEvent, publicUrl: string): EventWords {
  const name = event.integrationName ?? "an integration";
  const whose = event.organizationName === null ? name : `${name} for ${event.organizationName}`;
  const words = (title: string, linkText: string, detail = event.message) => ({
    title,
    detail,
    linkText,
    url: `${publicUrl}${event.path}`,
  });
  switch (event.type) {
    case "connection.reconnect_required":
      return words(`Reconnect required: ${whose}`, "Reconnect in Bifrost");
    case "connection.recovered":
      return words(`Working again: ${whose}`, "Open in Bifrost", null);
    case "oauth_client.failing":
      return words(`OAuth client refused: ${whose}`, "Check the OAuth client in Bifrost");
    default:
      return words("Test event from Bifrost", "Open in Bifrost");
  }
}
