import type { FaultyService } from "./oauth-service/faulty-service";

export interface Rotation {
  /** Token answers given, the first at connecting included. */
  count: number;
  /** Presentations of a refresh token that had been used: a real service would revoke the grant. */
  spentTwice: number;
}

/** Makes a service rotate: each refresh token is good once. Answers are `at-1`/`rt-1`, `at-2`/`rt-2` … */
export function rotateTokens(service: FaultyService, options: { delayMs?: number } = {}): Rotation {
  const used = new Set<unknown>();
  const rotation: Rotation = { count: 0, spentTwice: 0 };
  service.always("/token", (request) => {
    rotation.count += 1;
    const presented = request.params["refresh_token"];
    if (presented !== undefined && used.has(presented)) {
      rotation.spentTwice += 1;
      return { status: 400, body: { error: "invalid_grant" } };
    }
    used.add(presented);
    return {
      delayMs: request.params["grant_type"] === "refresh_token" ? options.delayMs : 0,
      body: {
        access_token: `at-${rotation.count}`,
        refresh_token: `rt-${rotation.count}`,
        expires_in: 3600,
      },
    };
  });
  return rotation;
}
