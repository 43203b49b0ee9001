import { uuidv7 } from "@/lib/db/id";
import { z } from "zod";
import { recordAudit } from "@/lib/audit/record-audit";
import type { Ctx } from "@/lib/auth/context";
import { seal } from "@/lib/crypto/seal";
import { hashSecret } from "@/lib/crypto/secret-token";
import { checkUrl } from "@/lib/egress/rules";
import { AppError, fieldError, parseInput } from "@/lib/errors";
import { redirectUriFor } from "@/lib/integrations/reserve-slug";
import { buildAuthorizationUrl } from "@/lib/oauth/authorization";
import { createPkce, createState } from "@/lib/oauth/pkce";
import { connectByClientCredentials } from "./connect-client-credentials";
import { ensureConnection } from "./ensure-connection";
import { loadIntegration, requireOAuth, type OAuthIntegration } from "./load-integration";
import { resolveClient, type ResolvedClient } from "./resolve-client";

const input = z.object({ integrationId: z.uuid() });

/** How long a consent may take, RFC 6749 leaves it open: long enough to find a password, short enough to be forgotten. */
const HANDSHAKE_MS = 10 * 60_000;

export type StartedConnect = { kind: "redirect"; url: string } | { kind: "connected" };

/**
 * Begins a handshake for the default connection: an authorization URL to send the browser to, or, with client
 * credentials, a token at once.
 * @throws AppError `integration_not_found`, `permission_denied`, `conflict` without OAuth, `validation_failed` naming a
 * placeholder without value or a URL that must not be reached, `service_unavailable` with the service's own words
 */
export async function startConnect(ctx: Ctx, raw: unknown): Promise<StartedConnect> {
  const { integrationId } = parseInput(input, raw);
  if (ctx.actor.type !== "user")
    throw new AppError("permission_denied", "Only a signed-in person can connect.");
  const integration = await loadIntegration(ctx, integrationId, "connections.connect");
  requireOAuth(integration);
  const client = resolveClient(ctx, integration);
  requireSecret(client);
  requireReachable(ctx, client);
  if (client.settings.flowType === "client_credentials") {
    await connectByClientCredentials(ctx, integration, client);
    return { kind: "connected" };
  }
  return { kind: "redirect", url: await beginHandshake(ctx, integration, client, ctx.actor) };
}

function requireSecret({ settings }: ResolvedClient): void {
  const method = settings.tokenEndpointAuthMethod;
  if (method === "private_key_jwt" && !settings.privateKey) {
    throw fieldError(
      "oauth.privateKey",
      "The private key is missing. Enter it in the OAuth settings and save.",
    );
  }
  if (method.startsWith("client_secret") && settings.clientSecret === null) {
    throw fieldError(
      "oauth.clientSecret",
      "The Client Secret is missing. Enter it in the OAuth settings and save.",
    );
  }
}

/** Says what is wrong with a URL before anybody is sent to the service. */
function requireReachable(ctx: Ctx, { settings }: ResolvedClient): void {
  const urls = [
    ["oauth.authorizationUrl", settings.flowType === "authorization_code" ? settings.authorizationUrl : null],
    ["oauth.tokenUrl", settings.tokenUrl],
  ] as const;
  for (const [path, url] of urls) {
    if (url === null) continue;
    const verdict = checkUrl(url, ctx.egress);
    if (!verdict.ok) throw fieldError(path, verdict.message);
  }
}

async function beginHandshake(
  ctx: Ctx,
  integration: OAuthIntegration,
  { settings }: ResolvedClient,
  user: { id: string; sid: string },
): Promise<string> {
  const state = createState();
  const codeVerifier = settings.pkce ? createPkce().codeVerifier : null;
  const redirectUri = redirectUriFor(ctx.publicUrl, integration.slug);
  const url = await buildAuthorizationUrl(settings, { redirectUri, state, codeVerifier });
  const id = uuidv7();
  const now = ctx.now();
  await ctx.db.prisma.$transaction(async (tx) => {
    await ensureConnection(tx, integration.id);
    await tx.handshake.create({
      data: {
        id,
        stateHash: hashSecret(state),
        userId: user.id,
        sid: user.sid,
        integrationId: integration.id,
        slug: integration.slug,
        redirectUri,
        codeVerifier:
          codeVerifier && seal(ctx.keyring, { table: "Handshake", id, field: "codeVerifier" }, codeVerifier),
        createdAt: now,
        expiresAt: new Date(now.getTime() + HANDSHAKE_MS),
      },
    });
    await recordAudit(tx, ctx.actor, now, {
      action: "connection.connect_started",
      target: { type: "integration", id: integration.id, label: integration.name },
      organizationId: integration.organizationId,
    });
  });
  return url;
}
