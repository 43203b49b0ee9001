"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { getJson } from "@/components/integrations/integration-query";
import { announce } from "@/components/ui/announce";
import type { TestTarget, TestTargetPage } from "@/lib/health/schema";

/** What a test of one connection found. */
export interface TestMark {
  ok: boolean;
  message: string;
}

export interface BulkTest {
  state: "idle" | "running" | "cancelled" | "done" | "broken";
  total: number;
  done: number;
  worked: number;
  /** Of those that failed, the first ones. */
  failures: { label: string; message: string }[];
  marks: ReadonlyMap<string, TestMark>;
}

const IDLE: BulkTest = { state: "idle", total: 0, done: 0, worked: 0, failures: [], marks: new Map() };
/** At once: a browser has six connections to a server, and the screen needs some too. */
const WORKERS = 4;
const FAILURES_SHOWN = 20;
/** Results are drawn together, so that thousands do not draw the grid thousands of times. */
const DRAW_MS = 200;

export function markKey({ integrationId, organizationId }: Omit<TestTarget, "label">): string {
  return `${integrationId} ${organizationId ?? "default"}`;
}

/** Tests one connection, or all that are in trouble: a few at a time, counted, and stopped by Cancel or by leaving. */
export function useBulkTest(search: string) {
  const [shown, setShown] = useState<BulkTest>(IDLE);
  const marks = useRef(new Map<string, TestMark>());
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  const testOne = useCallback(async (target: TestTarget) => {
    const mark = await test(target, new AbortController().signal);
    marks.current.set(markKey(target), mark);
    setShown((before) => ({ ...before, marks: new Map(marks.current) }));
    announce(`${target.label}: ${mark.ok ? "works" : "fails"}. ${mark.message}`);
  }, []);

  async function testAll(total: number) {
    const controller = new AbortController();
    running.current = controller;
    const count = { done: 0, worked: 0, total };
    const failures: BulkTest["failures"] = [];
    const draw = (state: BulkTest["state"]) =>
      setShown({
        ...count,
        state,
        total: Math.max(count.total, count.done),
        failures: [...failures],
        marks: new Map(marks.current),
      });
    draw("running");
    const timer = setInterval(() => draw("running"), DRAW_MS);
    const targets = listTargets(search, controller.signal);
    const work = async () => {
      for (;;) {
        const { value: target, done } = await targets.next();
        if (done || controller.signal.aborted) return;
        const mark = await test(target, controller.signal);
        // A cancelled test found nothing.
        if (controller.signal.aborted) return;
        marks.current.set(markKey(target), mark);
        count.done += 1;
        if (mark.ok) count.worked += 1;
        else if (failures.length < FAILURES_SHOWN) failures.push({ ...target, message: mark.message });
      }
    };
    const ends = await Promise.allSettled(Array.from({ length: WORKERS }, work));
    clearInterval(timer);
    const isBroken = !controller.signal.aborted && ends.some(({ status }) => status === "rejected");
    const state = controller.signal.aborted ? "cancelled" : isBroken ? "broken" : "done";
    if (state === "done") count.total = count.done;
    draw(state);
    announce(`${state === "done" ? "Tested" : "Stopped after"} ${count.done}: ${count.worked} work`);
  }

  return {
    shown,
    testOne,
    testAll: (total: number) => void testAll(total),
    cancel: () => running.current?.abort(),
    dismiss: () => setShown((before) => ({ ...IDLE, marks: before.marks })),
  };
}

/** Every target, page by page; workers ask in turn, as a generator answers one question after the other. */
async function* listTargets(search: string, signal: AbortSignal): AsyncGenerator<TestTarget, undefined> {
  const params = new URLSearchParams(search);
  for (;;) {
    const page = await getJson<TestTargetPage>(`/api/health/targets?${params}`, signal);
    yield* page.targets;
    if (page.next === null) return undefined;
    params.set("after", page.next);
  }
}

async function test(
  { integrationId, organizationId }: Omit<TestTarget, "label">,
  signal: AbortSignal,
): Promise<TestMark> {
  try {
    const response = await fetch("/api/health/test", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ integrationId, organizationId }),
      signal,
    });
    const answer = (await response.json()) as Partial<TestMark> & { detail?: string };
    if (response.ok) return { ok: answer.ok === true, message: answer.message ?? "" };
    return { ok: false, message: answer.detail ?? `The server answered ${response.status}.` };
  } catch {
    return { ok: false, message: "The server could not be reached." };
  }
}
