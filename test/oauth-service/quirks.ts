import type { FaultyService } from "./faulty-service";
import type { RecordedRequest, ScriptedAnswer } from "./scripted-answer";

/** What a service of this kind says of itself, and what a test may do to it. */
export interface QuirkyService {
  /** What `/token` was asked for with a refresh token or client credentials, connecting left out. */
  asked: RecordedRequest[];
  /** Token requests that a real service would punish: a spent refresh token presented after its time. */
  offences: number;
  /** Lets time pass at the service, in seconds. */
  pass: (seconds: number) => void;
  /** The next answer is made, and lost on its way. */
  loseNext: () => void;
  /** Ends the grant at the service, as its owner may. */
  end: () => void;
}

interface State {
  count: number;
  now: number;
  hasEnded: boolean;
  isLosing: boolean;
  current: string;
  /** Refresh tokens that were used, when, and what came of it. */
  spent: Map<unknown, { at: number; answer: ScriptedAnswer }>;
}

type Script = (request: RecordedRequest, state: State, service: QuirkyService) => ScriptedAnswer;

/** Makes `/token` answer by a script; what a refresh or client credentials asked is kept. */
function play(faulty: FaultyService, script: Script, paths = ["/token"]): QuirkyService {
  const state: State = {
    count: 0,
    now: 0,
    hasEnded: false,
    isLosing: false,
    current: "rt-1",
    spent: new Map(),
  };
  const quirky: QuirkyService = {
    asked: [],
    offences: 0,
    pass: (seconds) => void (state.now += seconds),
    loseNext: () => void (state.isLosing = true),
    end: () => void (state.hasEnded = true),
  };
  for (const path of paths) {
    faulty.always(path, (request) => {
      state.count += 1;
      if (!isCode(request)) quirky.asked.push(request);
      const answer = script(request, state, quirky);
      const { isLosing } = state;
      state.isLosing = false;
      return isLosing ? { ...answer, fault: "reset" } : answer;
    });
  }
  return quirky;
}

const isCode = ({ params }: RecordedRequest) => params["grant_type"] === "authorization_code";
const refuse = (error: string, error_description?: string): ScriptedAnswer => ({
  status: 400,
  body: { error, error_description },
});

/** Refresh tokens are good once; for 30 minutes more the same answer comes again, whoever asks. */
export const likeXero = (faulty: FaultyService): QuirkyService =>
  play(faulty, (request, state, quirky) => {
    const presented = request.params["refresh_token"];
    const spent = state.spent.get(presented);
    if (spent && state.now - spent.at < 1_800) return spent.answer;
    if (spent) {
      quirky.offences += 1;
      return refuse("invalid_grant");
    }
    const answer = {
      body: { access_token: `at-${state.count}`, refresh_token: `rt-${state.count}`, expires_in: 1_800 },
    };
    if (!isCode(request)) state.spent.set(presented, { at: state.now, answer });
    return answer;
  });

/** The refresh token stays for a day and is then replaced; the old one is refused from there on. */
export const likeQuickBooks = (faulty: FaultyService): QuirkyService =>
  play(faulty, (request, state) => {
    const day = Math.floor(state.now / 86_400);
    if (!isCode(request) && request.params["refresh_token"] !== state.current) return refuse("invalid_grant");
    state.current = `rt-day-${day}`;
    return {
      body: {
        access_token: `at-${state.count}`,
        refresh_token: state.current,
        expires_in: 3_600,
        x_refresh_token_expires_in: 8_726_400,
      },
    };
  });

/** Tokens live ten minutes, and a refresh before the last 30 seconds is refused. */
export const likeExactOnline = (faulty: FaultyService): QuirkyService => {
  let issuedAt = 0;
  return play(faulty, (request, state, quirky) => {
    if (!isCode(request) && state.now - issuedAt < 570) {
      quirky.offences += 1;
      return refuse("invalid_request", "Rate limit exceeded: access_token not expired");
    }
    issuedAt = state.now;
    return {
      body: { access_token: `at-${state.count}`, refresh_token: `rt-${state.count}`, expires_in: "600" },
    };
  });
};

/** A refresh gives the same access token again, with what is left of its life. */
export const likeLightspeed = (faulty: FaultyService): QuirkyService =>
  play(faulty, () => ({
    body: { access_token: "at-same", token_type: "bearer", refresh_token: "rt-same", expires_in: 600 },
  }));

/** It does not say when a token expires. */
export const likeSalesforce = (faulty: FaultyService): QuirkyService =>
  play(faulty, (request, state) => ({
    body: {
      access_token: `at-${state.count}`,
      ...(isCode(request) ? { refresh_token: "rt-1" } : {}),
      instance_url: "https://acme.my.salesforce.com",
      issued_at: "1763640000000",
      token_type: "Bearer",
    },
  }));

/** Tokens of a user are nested when they are granted and flat when they are refreshed; refusals come with HTTP 200. */
export const likeSlack = (faulty: FaultyService): QuirkyService =>
  play(faulty, (request, state) => {
    if (state.hasEnded) return { body: { ok: false, error: "invalid_refresh_token" } };
    const tokens = {
      access_token: `xoxe.xoxp-${state.count}`,
      refresh_token: `xoxe-${state.count}`,
      token_type: "user",
      expires_in: 43_200,
    };
    const team = { id: "T1", name: "Acme" };
    return isCode(request)
      ? { body: { ok: true, app_id: "A1", team, authed_user: { id: "U1", scope: "users:read", ...tokens } } }
      : { body: { ok: true, app_id: "A1", team, scope: "users:read", ...tokens } };
  });

/** It refuses with HTTP 200, and says only at consent which host takes the token. */
export const likeZoho = (faulty: FaultyService): QuirkyService =>
  play(faulty, (request, state) => {
    if (state.hasEnded) return { body: { error: "invalid_code" } };
    const body = { access_token: `at-${state.count}`, token_type: "Bearer", expires_in: 3_600 };
    return isCode(request)
      ? { body: { ...body, refresh_token: "rt-1", api_domain: "https://www.zohoapis.eu" } }
      : { body };
  });

/** A refresh must name the OAuth scopes again. */
export const likeMicrosoft = (faulty: FaultyService, paths?: string[]): QuirkyService =>
  play(
    faulty,
    (request, state) => {
      if (!isCode(request) && !request.params["scope"])
        return refuse("invalid_request", "AADSTS90014: The required field 'scope' is missing.");
      const tenant = request.path.split("/")[1];
      return {
        body: {
          token_type: "Bearer",
          scope: "Directory.Read.All",
          expires_in: 3_600,
          access_token: `${tenant}-at-${state.count}`,
          refresh_token: `rt-${state.count}`,
        },
      };
    },
    paths,
  );

/** It takes JSON with an audience only. */
export const likePax8 = (faulty: FaultyService): QuirkyService =>
  play(faulty, (request, state) => {
    const isJson = request.headers["content-type"]?.includes("application/json");
    if (!isJson || request.params["audience"] !== "https://api.pax8.com") return { status: 400, body: {} };
    return { body: { access_token: `at-${state.count}`, expires_in: 86_400, token_type: "Bearer" } };
  });

/** A dead refresh token is answered in words of its own, as plain text. */
export const likeHaloPsa = (faulty: FaultyService): QuirkyService =>
  play(faulty, (_, state) =>
    state.hasEnded
      ? { status: 400, headers: { "content-type": "text/plain" }, body: "Token not found" }
      : {
          body: { access_token: `at-${state.count}`, refresh_token: `rt-${state.count}`, expires_in: 3_600 },
        },
  );

/** One region refuses the OAuth scope `offline_access`, and gives a refresh token without it. */
export const likeNinjaOne = (faulty: FaultyService): QuirkyService => {
  faulty.always("/authorize", ({ query }) => {
    const target = new URL(query.get("redirect_uri") ?? "http://127.0.0.1/");
    target.searchParams.set("state", query.get("state") ?? "");
    if (query.get("scope")?.includes("offline_access")) {
      target.searchParams.set("error", "invalid_scope");
      target.searchParams.set("error_description", "offline_access is not supported in this region");
    } else target.searchParams.set("code", "c");
    return { status: 302, headers: { location: target.href } };
  });
  return play(faulty, (_, state) => ({
    body: { access_token: `at-${state.count}`, refresh_token: `rt-${state.count}`, expires_in: 3_600 },
  }));
};

/** A refresh token comes at consent alone, and only when it was asked for; in test mode the grant dies after 7 days. */
export const likeGoogle = (faulty: FaultyService): QuirkyService => {
  let isOffline = false;
  faulty.always("/authorize", ({ query }) => {
    isOffline = query.get("access_type") === "offline" && query.get("prompt") === "consent";
    const target = new URL(query.get("redirect_uri") ?? "http://127.0.0.1/");
    target.searchParams.set("state", query.get("state") ?? "");
    target.searchParams.set("code", "c");
    return { status: 302, headers: { location: target.href } };
  });
  return play(faulty, (request, state) => {
    if (state.now >= 7 * 86_400) return refuse("invalid_grant", "Token has been expired or revoked.");
    const body = { access_token: `at-${state.count}`, expires_in: 3_599, token_type: "Bearer" };
    return isCode(request) && isOffline
      ? { body: { ...body, refresh_token: "rt-1", refresh_token_expires_in: 604_799 } }
      : { body };
  });
};

/** It gives no refresh token at all. */
export const likeReddit = (faulty: FaultyService): QuirkyService =>
  play(faulty, (_, state) => ({
    body: { access_token: `at-${state.count}`, token_type: "bearer", expires_in: 86_400, scope: "identity" },
  }));

/** Its tokens never expire, and it refuses with HTTP 200. */
export const likeGitHub = (faulty: FaultyService): QuirkyService =>
  play(faulty, (_, state) =>
    state.hasEnded
      ? {
          body: {
            error: "bad_verification_code",
            error_description: "The code passed is incorrect or expired.",
          },
        }
      : { body: { access_token: "gho_1", token_type: "bearer", scope: "read:user,read:org" } },
  );

/** Each account has a host of its own: the token says whose. */
export const perAccountHost = (faulty: FaultyService): QuirkyService =>
  play(faulty, (request, state) => ({
    body: {
      access_token: `${request.headers.host?.split(".")[0]}-at-${state.count}`,
      refresh_token: `rt-${state.count}`,
      expires_in: 1_800,
    },
  }));
