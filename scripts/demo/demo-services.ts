import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { startOAuthService, type OAuthService } from "./oauth-server";
import { startUsersApi, type UsersApi } from "./users-api";

/** The application that the demo's integration is registered as. It guards nothing: the service runs on loopback only. */
export const DEMO_CLIENT = {
  clientId: "5c1f9a52-demo-4b7e-9d0a-bifrost",
  clientSecret: "demo-client-secret-of-this-machine",
  clientName: "Bifrost Demo",
} as const;

export interface DemoServices {
  oauth: OAuthService;
  usersApi: UsersApi;
  close: () => Promise<void>;
}

export interface DemoServicesOptions {
  /** Taken if free, with the next one for the users API, so that URLs stay the same from start to start. */
  preferredPort?: number;
  /** Where the OAuth server remembers its grants; without it they end with the process. */
  dataDirectory?: string;
}

/** The outside world of the demo: an OAuth server, and a users API that believes its tokens. */
export async function startDemoServices(options: DemoServicesOptions = {}): Promise<DemoServices> {
  const stateFile =
    options.dataDirectory === undefined ? undefined : join(options.dataDirectory, "demo-service.json");
  const port = options.preferredPort;
  const oauth = await withPort(port, (each) => startOAuthService({ port: each, stateFile }));
  const api = { clientId: "users-api", clientSecret: randomBytes(24).toString("base64url") };
  await oauth.addClient({ ...api, clientName: "Users API", grantTypes: [] });
  const introspectionUrl = oauth.url("introspection");
  const usersApi = await withPort(port === undefined ? undefined : port + 1, (each) =>
    startUsersApi({ port: each, introspectionUrl, ...api }),
  );
  return {
    oauth,
    usersApi,
    close: async () => {
      await Promise.all([oauth.close(), usersApi.close()]);
    },
  };
}

async function withPort<T>(
  port: number | undefined,
  start: (port: number | undefined) => Promise<T>,
): Promise<T> {
  try {
    return await start(port);
  } catch (error) {
    if (port === undefined || !(error instanceof Error && "code" in error && error.code === "EADDRINUSE"))
      throw error;
    return await start(undefined);
  }
}
