/** What each action is called in the log: "Ada {words} HaloPSA". A test finds the ones that are missing here. */
export const ACTION_WORDS: Readonly<Record<string, string>> = {
  "api_key.create": "created the API key",
  "api_key.revoke": "revoked the API key",
  "audit.export": "exported the",
  "connection.connect": "connected",
  "connection.connect_failed": "failed to connect",
  "connection.connect_started": "began to connect",
  "connection.discard_held": "kept the former account of",
  "connection.disconnect": "disconnected",
  "connection.hold": "came back with another account for",
  "connection.refresh": "ran a token refresh of",
  "connection.refresh_started": "asked for a token refresh of",
  "connection.test": "tested the connection of",
  "credentials.read": "read credentials of",
  "installation.confirm_refreshing": "confirmed that no other copy runs, for",
  "integration.create": "created the integration",
  "integration.delete": "deleted the integration",
  "integration.export": "exported the definition of",
  "integration.import": "imported a definition of",
  "integration.set_defaults": "changed the defaults of",
  "integration.set_organization_policy": "changed the policy of",
  "integration.update": "changed the integration",
  "integration.update_schema": "changed the Config Schema of",
  "mapping.create": "mapped",
  "mapping.delete": "deleted the mapping of",
  "mapping.update": "changed the mapping of",
  "organization.create": "created the organization",
  "organization.deactivate": "deactivated the organization",
  "organization.reactivate": "reactivated the organization",
  "organization.rename": "renamed the organization",
  "user.accept_setup_link": "chose a password for",
  "user.change_password": "changed the password of",
  "user.change_role": "changed the role of",
  "user.create": "created the user",
  "user.create_sign_in_link": "made a sign-in link for",
  "user.deactivate": "deactivated the user",
  "user.end_session": "ended a session of",
  "user.reactivate": "reactivated the user",
  "user.renew_setup_link": "made a new setup link for",
  "user.sign_in": "signed in as",
  "user.sign_out": "signed out as",
  "user.sign_out_everywhere": "ended every session of",
  "webhook.create": "created the webhook",
  "webhook.delete": "deleted the webhook",
  "webhook.disable": "disabled the webhook",
  "webhook.enable": "enabled the webhook",
  "webhook.redeliver": "sent an event again to the webhook",
  "webhook.rotate_secret": "rotated the signing secret of the webhook",
  "webhook.test": "sent a test event to the webhook",
  "webhook.update": "changed the webhook",
};

/** An action in words; one that is unknown here, of a newer version say, by its own name. */
export function actionWords(action: string): string {
  return ACTION_WORDS[action] ?? action.replaceAll(/[._]/g, " ");
}

/** An action as a filter's choice: "Created the integration …". */
export function actionLabel(action: string): string {
  const words = actionWords(action);
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${action === "audit.export" ? " audit log" : " …"}`;
}

/** What people do to themselves, in words that name no target. */
const SELF_WORDS: Readonly<Record<string, string>> = {
  "user.accept_setup_link": "chose a password",
  "user.change_password": "changed their password",
  "user.change_role": "changed their own role",
  "user.end_session": "ended one of their sessions",
  "user.renew_setup_link": "made a new setup link for themselves",
  "user.sign_in": "signed in",
  "user.sign_out": "signed out",
  "user.sign_out_everywhere": "ended all their sessions",
};

/** An action whose target is the actor, in words that say so; null where that is not the case. */
export function wordsAboutActor(entry: {
  action: string;
  actorId: string | null;
  targetType: string;
  targetId: string | null;
}): string | null {
  const isAboutActor =
    entry.targetType === "user" && entry.targetId !== null && entry.targetId === entry.actorId;
  return isAboutActor ? (SELF_WORDS[entry.action] ?? null) : null;
}
