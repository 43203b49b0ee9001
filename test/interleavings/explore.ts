import type { Services } from "@/lib/auth/context";
import type { ConnectionState, StoredConnection } from "./connection-state";
import { GatedProcess } from "./gated-process";
import type { AnswerClass, SpendingService } from "./spending-service";
import { brokenByStep, brokenInTheEnd, type Granted, type Moment } from "./promise";

export interface World {
  services: Services;
  service: SpendingService;
  connection: StoredConnection;
  /** Moves the monotonic clock. */
  advance: (seconds: number) => void;
}

export interface Scenario {
  /** What the service makes of the first process's request, and of the second's. */
  answers: readonly [AnswerClass, AnswerClass];
  policy: "retry" | "never";
  /** What the two processes do. */
  work: readonly [Work, Work];
  /** A refresh by somebody else, at the end, when all is quiet. */
  recover: Work;
  expiresInSeconds: number;
  /** How many seconds pass at a time, one time after another, anywhere in between. */
  passes: readonly number[];
  /** How many processes die. */
  deaths: number;
  /** The first process never hears that its store was committed. */
  losesCommit?: boolean;
}

export type Work = (services: Services, connectionId: string) => Promise<unknown>;

/** `0`, `1`: that process takes a step. `pass`: time passes. `die 0`, `die 1`: it is never heard of again. */
type Choice = "0" | "1" | "pass" | "die 0" | "die 1";

export interface Explored {
  runs: number;
  states: number;
  /** How things ended, and how often. */
  ends: Record<string, number>;
  /** What broke the promise, with the choices that led there. */
  broken: { why: string; choices: Choice[] }[];
}

/** After this no lease lives, and no request is under way. */
export const LONG = 100;
const MOST_BROKEN = 3;

/**
 * Runs the real functions of two processes in every order of their steps, with every passing of time and death in between.
 * Orders that lead to a state seen before are not followed twice: what comes after is a function of the state.
 */
export async function explore(world: World, scenario: Scenario): Promise<Explored> {
  const explored: Explored = { runs: 0, states: 0, ends: {}, broken: [] };
  const seen = new Set<string>();
  const open: Choice[][] = [[]];
  for (let prefix = open.pop(); prefix && explored.broken.length < MOST_BROKEN; prefix = open.pop()) {
    const run = await Run.begin(world, scenario);
    for (const choice of prefix) await run.take(choice);
    for (;;) {
      const key = run.key();
      const [next, ...others] = seen.has(key) ? [] : run.choices();
      const isNew = !seen.has(key);
      seen.add(key);
      if (next === undefined) {
        if (isNew) await run.finish(explored.ends);
        run.leave();
        break;
      }
      open.push(...others.map((other) => [...run.taken, other]));
      await run.take(next);
    }
    explored.runs += 1;
    explored.broken.push(...run.broken.map((why) => ({ why, choices: run.taken })));
  }
  explored.states = seen.size;
  return explored;
}

class Run {
  readonly taken: Choice[] = [];
  readonly broken: string[] = [];
  private passes = 0;
  private deaths = 0;
  /** The attempt that each process has claimed. */
  private readonly attempts: number[] = [];
  private readonly granted: Granted[] = [];

  private constructor(
    private readonly world: World,
    private readonly scenario: Scenario,
    private readonly processes: readonly GatedProcess<unknown>[],
    private state: ConnectionState,
  ) {}

  static async begin(world: World, scenario: Scenario): Promise<Run> {
    const { service, connection, services } = world;
    const { answers, work, losesCommit, policy, expiresInSeconds } = scenario;
    service.begin("rt-0", { "0": answers[0], "1": answers[1] });
    await connection.start("rt-0", expiresInSeconds, policy);
    const processes = [
      new GatedProcess<unknown>("0", service, { losesCommit: losesCommit === true }),
      new GatedProcess<unknown>("1", service),
    ];
    for (const [i, process] of processes.entries()) {
      await process.start(services, (own) => work[i]?.(own, connection.id) ?? Promise.resolve());
    }
    return new Run(world, scenario, processes, await connection.read());
  }

  choices(): Choice[] {
    const { passes, deaths } = this.scenario;
    const living = this.processes.filter(({ waiting }) => waiting !== null);
    if (living.length === 0) return [];
    const steps = living.map(({ name }) => name as "0" | "1");
    const dying = this.deaths < deaths ? steps.map((name) => `die ${name}` as const) : [];
    return [...steps, ...(this.passes < passes.length ? (["pass"] as const) : []), ...dying];
  }

  async take(choice: Choice): Promise<void> {
    this.taken.push(choice);
    const before = this.moment();
    if (choice === "pass") await this.pass(this.scenario.passes[this.passes++] ?? 0);
    else if (choice.startsWith("die ")) this.die(Number(choice.at(-1)));
    else await this.step(Number(choice));
    this.state = await this.world.connection.read();
    if (this.state.attempt > before.state.attempt) this.attempts[Number(choice)] = this.state.attempt;
    const why = brokenByStep(before, this.moment(), this.scenario.policy);
    if (why !== null) this.broken.push(why);
  }

  /** All that what comes next can depend on. */
  key(): string {
    const { service } = this.world;
    const { passes, deaths, state, processes, granted } = this;
    const seen = processes.map(({ history, waiting }) => [history, waiting]);
    return JSON.stringify([state, passes, deaths, service.alive, service.presentations, granted, seen]);
  }

  /** Lets all be quiet, and somebody else refresh: what remains then is final. */
  async finish(ends: Record<string, number>): Promise<void> {
    for (const { end } of this.processes) {
      if (end && "error" in end) this.broken.push(`a process failed: ${String(end.error)}`);
    }
    const quiet = this.state;
    for (let round = 0; round < 4; round++) {
      await this.pass(LONG);
      await this.scenario.recover(this.world.services, this.world.connection.id);
      this.state = await this.world.connection.read();
      if (this.state.status === "reconnect_required" || this.state.version > quiet.version) break;
    }
    const why = brokenInTheEnd(this.moment(), this.scenario.policy);
    if (why !== null) this.broken.push(why);
    const end = `${this.state.status}${this.state.errorCode ? ` ${this.state.errorCode}` : ""}`;
    ends[end] = (ends[end] ?? 0) + 1;
  }

  /** What is still held is let go, and heard by nobody. */
  leave(): void {
    for (const process of this.processes) if (process.waiting !== null) process.die();
  }

  private async step(index: number): Promise<void> {
    const process = this.processes[index];
    if (!process) return;
    if (process.waiting === null)
      throw new Error(`This order cannot be followed again: ${this.taken.join(" ")}`);
    const isAnswered = process.waiting === "answer";
    await process.step(JSON.stringify(this.state));
    const log = this.world.service.presentations.find(({ process: name }) => name === process.name);
    if (!isAnswered || log?.outcome !== "granted") return;
    this.granted.push({
      process: process.name,
      attempt: this.attempts[index] ?? 0,
      successor: log.successor,
    });
  }

  private async pass(seconds: number): Promise<void> {
    this.world.service.clock += seconds;
    this.world.advance(seconds);
    await this.world.connection.letPass(seconds);
  }

  private die(index: number): void {
    this.deaths += 1;
    this.processes[index]?.die();
  }

  private moment(): Moment {
    const { alive, presentations, hasEnded } = this.world.service;
    const { state, granted } = this;
    return {
      state,
      alive,
      presentations: [...presentations],
      hasEnded,
      hasDied: this.deaths > 0,
      granted: [...granted],
    };
  }
}
