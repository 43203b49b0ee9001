import type { FaultyService } from "@/test/oauth-service/faulty-service";
import type { RecordedRequest, ScriptedAnswer } from "@/test/oauth-service/scripted-answer";

/** What a service can make of a request. The last three act on it, and their word is lost. */
export type AnswerClass =
  | "rotates"
  | "keeps"
  | "needs_person"
  | "client"
  | "configuration"
  | "busy"
  | "limited"
  | "unknown"
  | "unheard"
  | "lost"
  | "truncated"
  | "gateway";

export const ANSWER_CLASSES: readonly AnswerClass[] = [
  "rotates",
  "keeps",
  "needs_person",
  "client",
  "configuration",
  "busy",
  "limited",
  "unknown",
  "unheard",
  "lost",
  "truncated",
  "gateway",
];

const EXPLICIT: Partial<Record<AnswerClass, ScriptedAnswer>> = {
  needs_person: { status: 400, body: { error: "invalid_grant" } },
  client: { status: 401, body: { error: "invalid_client" } },
  configuration: { status: 400, body: { error: "invalid_scope" } },
  busy: { status: 503, body: "busy" },
  limited: { status: 429, headers: { "retry-after": "30" } },
  unknown: { status: 403, body: "<html>" },
  unheard: { fault: "reset" },
};

/** One presentation of a refresh token, as the service's log has it. */
export interface Presentation {
  process: string;
  token: string;
  /** In seconds since the run began. */
  at: number;
  outcome: "granted" | "refused" | "passing" | "nothing_heard";
  successor: string | null;
}

/** A service whose refresh tokens are good once, unless told to keep one. It acts at once, and answers when told. */
export class SpendingService {
  alive: string | null = null;
  /** In seconds since the run began. */
  clock = 0;
  presentations: Presentation[] = [];
  /** The service itself has ended the grant. */
  hasEnded = false;
  private classes: Record<string, AnswerClass> = {};
  private readonly gates = new Map<string, Record<"received" | "released", PromiseWithResolvers<void>>>();

  constructor(service: FaultyService) {
    service.always("/token", (request) => this.act(request));
  }

  begin(alive: string, classes: Record<string, AnswerClass>): void {
    Object.assign(this, { alive, classes, presentations: [], clock: 0, hasEnded: false });
    this.gates.clear();
  }

  received = (process: string): Promise<void> => this.gate(process).received.promise;
  release = (process: string): void => this.gate(process).released.resolve();

  private gate(process: string): Record<"received" | "released", PromiseWithResolvers<void>> {
    const gate = this.gates.get(process) ?? {
      received: Promise.withResolvers<void>(),
      released: Promise.withResolvers<void>(),
    };
    this.gates.set(process, gate);
    return gate;
  }

  private act(request: RecordedRequest): ScriptedAnswer {
    const process = String(request.headers["x-process"] ?? "");
    const answer = this.judge(process, String(request.params["refresh_token"]));
    if (process === "") return answer;
    const { received, released } = this.gate(process);
    received.resolve();
    return { ...answer, until: released.promise };
  }

  private judge(process: string, token: string): ScriptedAnswer {
    const kind = this.classes[process] ?? "rotates";
    const log = (outcome: Presentation["outcome"], successor: string | null = null) =>
      this.presentations.push({ process, token, at: this.clock, outcome, successor });
    const explicit = EXPLICIT[kind];
    if (explicit) {
      if (kind === "needs_person") Object.assign(this, { alive: null, hasEnded: true });
      log(kind === "needs_person" ? "refused" : kind === "unheard" ? "nothing_heard" : "passing");
      return explicit;
    }
    const isLost = kind === "lost" || kind === "truncated" || kind === "gateway";
    const fault = kind === "lost" ? "reset" : kind === "truncated" ? "truncate" : undefined;
    const status = kind === "gateway" ? 502 : 200;
    if (token !== this.alive) {
      log(isLost ? "nothing_heard" : "refused");
      return { status: isLost ? status : 400, body: { error: "invalid_grant" }, fault };
    }
    const successor = kind === "keeps" ? null : `rt-${this.presentations.length + 1}`;
    this.alive = successor ?? token;
    log(isLost ? "nothing_heard" : "granted", successor);
    return { status, fault, body: { access_token: "at", refresh_token: successor, expires_in: 3_600 } };
  }
}
