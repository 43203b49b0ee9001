import { uuidv7 } from "@/lib/db/id";
import { recordAudit } from "@/lib/audit/record-audit";
import type { Ctx } from "@/lib/auth/context";
import { seal } from "@/lib/crypto/seal";
import { hashSecret } from "@/lib/crypto/secret-token";
import { checkUrl } from "@/lib/egress/rules";
import { AppError, fieldError } from "@/lib/errors";
import { redirectUriFor } from "@/lib/integrations/rules";
import { buildAuthorizationUrl } from "@/lib/oauth/authorization";
import { createPkce, createState } from "@/lib/oauth/pkce";
import { connectByClientCredentials } from "./connect-client-credentials";
import { ensureConnection } from "./ensure-connection";
import { isUnchanged } from "./is-unchanged";
import { auditTarget, loadTarget, requireActiveOwner, requireOAuth, type OAuthTarget } from "./load-target";
import { resolveClient, type ResolvedClient } from "./resolve-client";

/** How long a consent may take, RFC 6749 leaves it open: long enough to find a password, short enough to be forgotten. */
const HANDSHAKE_MS = 10 * 60_000;

export type StartedConnect = { kind: "redirect"; url: string } | { kind: "connected" };

/**
 * Begins a handshake for the default connection, or with `organizationId` for that organization's own: an authorization URL to send the browser to, or, with client
 * credentials, a token at once.
 * @throws AppError `integration_not_found`, `mapping_not_found`, `scope_forbidden`, `permission_denied`, `conflict` without OAuth or for a deactivated organization, `validation_failed` naming a
 * placeholder without value or a URL that must not be reached, `service_unavailable` with the service's own words, `connection_changed` where the mapping or the
 * settings were changed meanwhile
 */
export async function startConnect(ctx: Ctx, raw: unknown): Promise<StartedConnect> {
  if (ctx.actor.type !== "user")
    throw new AppError("permission_denied", "Only a signed-in person can connect.");
  const target = await loadTarget(ctx, raw, "connections.connect");
  requireOAuth(target);
  requireActiveOwner(target);
  const client = resolveClient(ctx, target);
  requireSecret(client);
  requireReachable(ctx, client);
  if (client.settings.flowType === "client_credentials") {
    await connectByClientCredentials(ctx, target, client);
    return { kind: "connected" };
  }
  return { kind: "redirect", url: await beginHandshake(ctx, target, client, ctx.actor) };
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
  target: OAuthTarget,
  client: ResolvedClient,
  user: { id: string; sid: string },
): Promise<string> {
  const { integration, mapping } = target;
  const { settings } = client;
  const state = createState();
  const codeVerifier = settings.pkce ? createPkce().codeVerifier : null;
  const redirectUri = redirectUriFor(ctx.publicUrl, integration.slug);
  const url = await buildAuthorizationUrl(settings, { redirectUri, state, codeVerifier });
  const id = uuidv7();
  const now = ctx.now();
  await ctx.db.prisma.$transaction(async (tx) => {
    // The URL asks for what was loaded; an edit from here on finds this handshake and takes it along.
    if (!(await isUnchanged(tx, target, client))) throw changedMeanwhile();
    await ensureConnection(tx, { integrationId: integration.id, mappingId: mapping?.id ?? null });
    await tx.handshake.create({
      data: {
        id,
        stateHash: hashSecret(state),
        userId: user.id,
        sid: user.sid,
        integrationId: integration.id,
        mappingId: mapping?.id ?? null,
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
      ...auditTarget(target),
    });
  });
  return url;
}

function changedMeanwhile(): AppError {
  return new AppError(
    "connection_changed",
    "The mapping or the OAuth settings were changed in this moment. Connect again to use the new ones.",
  );
}
