import type { PoolClient, QueryConfig, QueryResult } from "pg";
import type { Services } from "@/lib/auth/context";

/** Where a process can be held, or die: each statement of the protocol, and both ends of its request. */
export type Step = "read" | "claim" | "send" | "answer" | "write";

const STEP_OF_STATEMENT: Record<string, Step> = {
  "read-refresh-row": "read",
  "list-due": "read",
  "claim-attempt": "claim",
  "claim-attempts": "claim",
};

interface Service {
  /** Resolves when the process's request has been received and acted on. */
  received: (process: string) => Promise<void>;
  /** Lets the answer out. */
  release: (process: string) => void;
}

/**
 * A process of its own, as far as the engine can tell, that takes a step only when told. What it runs is real: so are its
 * statements, its requests and their answers.
 */
export class GatedProcess<T> {
  /** Where it stands; null when it has ended. */
  waiting: Step | null = null;
  end: { value: T } | { error: unknown } | null = null;
  isDead = false;
  /** What it has seen so far, of which what it will do is a function. */
  readonly history: string[] = [];
  private resume: () => void = () => undefined;
  private arrived = Promise.withResolvers<void>();
  private hasAnswer = false;
  private isCommitLost = false;

  constructor(
    readonly name: string,
    private readonly service: Service,
    private readonly options: { losesCommit?: boolean } = {},
  ) {}

  /** Begins the work and goes up to its first step. */
  async start(base: Services, work: (services: Services) => Promise<T>): Promise<void> {
    void work(this.gate(base))
      .then(
        (value) => (this.end = { value }),
        (error: unknown) => (this.end = { error }),
      )
      .then(() => this.arrived.resolve());
    await this.arrived.promise;
  }

  /** Takes the step it stands at, up to the next one or the end; `world` is all that it can see there. */
  async step(world: string): Promise<void> {
    this.history.push(
      `${this.waiting ?? ""}${this.waiting === "read" || this.waiting === "claim" ? world : ""}`,
    );
    this.waiting = null;
    this.arrived = Promise.withResolvers<void>();
    this.resume();
    await this.arrived.promise;
  }

  /** It is never heard of again; what it had sent goes on without it. */
  die(): void {
    this.isDead = true;
    this.waiting = null;
    this.history.push("dead");
    this.service.release(this.name);
  }

  private reach(step: Step): Promise<void> {
    this.waiting = step;
    return new Promise((resolve) => {
      this.resume = resolve;
      this.arrived.resolve();
    });
  }

  private gate(base: Services): Services {
    const { pool } = base.db;
    const query = async (...args: [QueryConfig | string, unknown[]?]): Promise<QueryResult> => {
      const name = typeof args[0] === "string" ? "" : (args[0].name ?? "");
      const step = STEP_OF_STATEMENT[name];
      if (step) await this.reach(step);
      const result = await pool.query(...args);
      if (name === "store-answers") this.commit();
      return result;
    };
    const connect = async (): Promise<PoolClient> => {
      // What it writes after an answer is one step with it: nobody can tell them apart.
      if (!this.hasAnswer) await this.reach("write");
      const client = await pool.connect();
      return new Proxy(client, {
        get: (target, key) => (key === "query" ? this.committing(target) : bound(target, key)),
      });
    };
    const gated = { query, connect };
    const proxy = new Proxy(pool, {
      get: (target, key) => (key in gated ? gated[key as keyof typeof gated] : bound(target, key)),
    });
    return { ...base, db: { ...base.db, pool: proxy }, fetch: this.gatedFetch(base.fetch) };
  }

  private gatedFetch(fetch: Services["fetch"]): Services["fetch"] {
    return async (url, init = {}) => {
      await this.reach("send");
      const headers = new Headers(init.headers);
      headers.set("x-process", this.name);
      const pending = fetch(url, { ...init, headers });
      const unsent = pending.then(
        () => undefined,
        () => undefined,
      );
      await Promise.race([this.service.received(this.name), unsent]);
      await this.reach("answer");
      this.hasAnswer = true;
      this.service.release(this.name);
      return pending;
    };
  }

  private committing(
    client: PoolClient,
  ): (...args: [QueryConfig | string, unknown[]?]) => Promise<QueryResult> {
    return async (...args) => {
      const result = await client.query(...args);
      if (args[0] === "COMMIT") this.commit();
      return result;
    };
  }

  /** The database has committed; where so told, its word of it never arrives. */
  private commit(): void {
    if (!this.options.losesCommit || this.isCommitLost) return;
    this.isCommitLost = true;
    throw new Error("Connection terminated unexpectedly");
  }
}

function bound(target: object, key: string | symbol): unknown {
  const value: unknown = Reflect.get(target, key);
  return typeof value === "function" ? (value as (...args: unknown[]) => unknown).bind(target) : value;
}
