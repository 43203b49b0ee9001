"use client";

import { useQueryClient } from "@tanstack/react-query";
import { createContext, useContext, useState } from "react";
import type { ActionResult } from "@/components/integrations/action-result";
import type { IntegrationActions } from "@/components/integrations/integration-actions";
import { integrationKey, integrationsKey } from "@/components/integrations/integration-query";
import type { IntegrationView } from "@/lib/integrations/schema";

export interface IntegrationScreenState {
  view: IntegrationView;
  /** It was deleted meanwhile, or is no longer to be seen; `view` is how it last was. */
  gone: boolean;
  actions: IntegrationActions;
  publicUrl: string;
  /** A preset's fact: revoking one token ends all that this person granted to the client. */
  revocationEndsWholeGrant: boolean;
  connection: ReturnType<typeof useConnectionActs>;
  /** The settings hold something that is not saved: then Save is the screen's filled button. */
  unsaved: boolean;
  setUnsaved: (unsaved: boolean) => void;
  /** It was deleted from this screen, which is about to be left: nothing looks for it any more. */
  deleted: boolean;
  setDeleted: (deleted: true) => void;
}

export const IntegrationContext = createContext<IntegrationScreenState | null>(null);

/** What the tabs of one integration's page share. */
export function useIntegrationScreen(): IntegrationScreenState {
  const state = useContext(IntegrationContext);
  if (!state) throw new Error("Only the tabs of an integration's page have an integration.");
  return state;
}

export interface ActFailure {
  title: string;
  message: string;
  /** Of a refresh: the last one before it. A later one makes the failure a thing of the past. */
  lastRefreshAt?: string | null;
}

/** What happened when an action fails, by its name; why and what to do is in the words that come with it. */
const FAILED: Record<string, string> = {
  cancel: "Still waiting for consent",
  accept: "The account was not changed",
  keep: "The new consent was not discarded",
  disconnect: "Not disconnected",
  refresh: "The token was not refreshed",
  test: "The connection could not be tested",
  key: "No API key was created",
};

export const UNREACHABLE = "The server could not be reached. Check the connection and try again.";

/** Runs one action at a time on an integration, keeps the words of the one that failed, and looks again after each. */
export function useConnectionActs(id: string) {
  const queryClient = useQueryClient();
  const [running, setRunning] = useState<string | null>(null);
  const [failure, setFailure] = useState<ActFailure | null>(null);

  /** What the action gave; null when it failed, and then `failure` says why. */
  async function run<T>(
    name: string,
    act: () => Promise<ActionResult<T>>,
    shown: Pick<ActFailure, "lastRefreshAt"> = {},
  ): Promise<{ value: T } | null> {
    setRunning(name);
    setFailure(null);
    const result = await act().catch(() => null);
    setRunning(null);
    await refresh();
    if (result?.ok) return { value: result.value };
    setFailure({
      ...shown,
      title: FAILED[name] ?? "That did not work",
      message: result ? result.message : UNREACHABLE,
    });
    return null;
  }

  async function refresh() {
    void queryClient.invalidateQueries({ queryKey: integrationsKey });
    await queryClient.invalidateQueries({ queryKey: integrationKey(id) });
  }
  return { running, failure, setFailure, run, refresh };
}
