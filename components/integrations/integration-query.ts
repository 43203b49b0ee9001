"use client";

import { useQuery } from "@tanstack/react-query";
import type { ConnectionView, IntegrationListPage, IntegrationView } from "@/lib/integrations/schema";

const WATCHED_MS = 2_000;
const CALM_MS = 15_000;
/** For how long after a connect the screen is watched closely. */
const JUST_CONNECTED_MS = 30_000;

export const integrationKey = (id: string) => ["integration", id] as const;
export const integrationsKey = ["integrations"] as const;

/** The integration was deleted, or is no longer the person's to see. */
export class GoneError extends Error {}

/** @throws GoneError where nothing is there any more */
export async function getJson<T>(url: string, signal: AbortSignal): Promise<T> {
  const response = await fetch(url, { signal, headers: { accept: "application/json" } });
  if (response.status === 404) throw new GoneError("It is not there any more.");
  if (!response.ok) throw new Error(`The server answered ${response.status}.`);
  return (await response.json()) as T;
}

/** One integration as it is now: asked again every 2 s while something is under way, else now and then and on focus. */
export function useIntegration(initial: IntegrationView): { view: IntegrationView; gone: boolean } {
  const { data, error } = useQuery({
    queryKey: integrationKey(initial.id),
    queryFn: ({ signal }) => getJson<IntegrationView>(`/api/integrations/${initial.id}`, signal),
    initialData: initial,
    staleTime: 0,
    retry: (count, failure) => !(failure instanceof GoneError) && count < 2,
    refetchOnMount: false,
    refetchOnWindowFocus: "always",
    refetchInterval: ({ state }) =>
      state.error instanceof GoneError ? false : isUnderWay(state.data ?? initial) ? WATCHED_MS : CALM_MS,
  });
  return { view: data, gone: error instanceof GoneError };
}

function isUnderWay({ connection }: IntegrationView): boolean {
  return connection !== null && isChanging(connection);
}

/** A consent is waited for or just came, or the schedule is about to refresh. */
export function isChanging({ waitingUntil, connectedAt, nextRefreshAt }: ConnectionView): boolean {
  const now = Date.now();
  if (waitingUntil !== null && Date.parse(waitingUntil) > now) return true;
  if (connectedAt !== null && now - Date.parse(connectedAt) < JUST_CONNECTED_MS) return true;
  return nextRefreshAt !== null && Math.abs(Date.parse(nextRefreshAt) - now) < CALM_MS;
}

/** One page of the list as it is now; `search` is the query of its address. */
export function useIntegrationList(initial: IntegrationListPage, search: string): IntegrationListPage {
  const { data } = useQuery({
    queryKey: [...integrationsKey, search],
    queryFn: ({ signal }) => getJson<IntegrationListPage>(`/api/integrations?${search}`, signal),
    initialData: initial,
    staleTime: 0,
    refetchOnMount: false,
    refetchOnWindowFocus: "always",
    refetchInterval: ({ state }) => (state.data?.rows.some((row) => row.waiting) ? WATCHED_MS : CALM_MS),
  });
  return data;
}
