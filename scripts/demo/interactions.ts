import type { IncomingMessage, ServerResponse } from "node:http";
import type { Provider } from "oidc-provider";
import { DEMO_PASSWORD, DEMO_USERS, usersOf, type DemoUser } from "./directory";
import { consentPage, errorPage, signInPage } from "./pages";
import { tenantOf } from "./tenant-urls";

/** Shows and takes the sign-in and consent pages, `/interaction/{uid}`. */
export async function handleInteraction(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const details = await provider.interactionDetails(request, response).catch(() => null);
  if (!details) {
    const description =
      "This sign-in has ended or was started in another browser. Start again where you came from.";
    return sendPage(response, 400, errorPage({ code: "session_not_found", description }));
  }
  const form = request.method === "POST" ? await readForm(request) : null;
  const users = usersOf(tenantOf(new URL(details.returnTo).pathname) ?? "common");
  const action = `/interaction/${details.uid}`;

  if (details.prompt.name === "login") {
    const user = form && findUser(form, users);
    if (user) return await finish(provider, request, response, { login: { accountId: user.id } });
    const error = form ? "No account here has this email and password." : null;
    return sendPage(response, 200, signInPage({ users, action, error, email: form?.get("email") ?? "" }));
  }

  if (form?.get("decision") === "cancel") {
    const refusal = { error: "access_denied", error_description: "The user declined to give permission." };
    return await finish(provider, request, response, refusal);
  }
  const accountId = details.session?.accountId ?? "";
  const clientId = String(details.params.client_id);
  if (form?.get("decision") === "allow") {
    const grant = new provider.Grant({ accountId, clientId });
    grant.addOIDCScope(String(details.params.scope ?? ""));
    return await finish(provider, request, response, { consent: { grantId: await grant.save() } });
  }
  const user = DEMO_USERS.find((each) => each.id === accountId);
  const client = await provider.Client.find(clientId);
  if (!user || !client)
    return sendPage(response, 400, errorPage({ code: "invalid_request", description: "Start again." }));
  const scopes = String(details.params.scope ?? "").split(" ");
  sendPage(response, 200, consentPage({ client: client.clientName ?? clientId, user, scopes, action }));
}

export function sendPage(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
  });
  response.end(html);
}

type InteractionResult = Parameters<Provider["interactionFinished"]>[2];

async function finish(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
  result: InteractionResult,
): Promise<void> {
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
}

function findUser(form: URLSearchParams, users: DemoUser[]): DemoUser | undefined {
  const account = form.get("account");
  if (account !== null) return users.find((user) => user.id === account);
  const email = form.get("email")?.trim().toLowerCase();
  return form.get("password") === DEMO_PASSWORD ? users.find((user) => user.email === email) : undefined;
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  let text = "";
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > 10_000) break;
  }
  return new URLSearchParams(text);
}
