"use client";

import { useQuery } from "@tanstack/react-query";
import type { Trouble } from "@/lib/health/rules";
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

/**
 * One integration as it is now: asked again every 2 s while something is under way, else now and then and on focus; no
 * more once it was `deleted` from here.
 */
export function useIntegration(
  initial: IntegrationView,
  deleted: boolean,
): { view: IntegrationView; gone: boolean } {
  const { data, error } = useQuery({
    enabled: !deleted,
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
  return { view: data, gone: !deleted && error instanceof GoneError };
}

function isUnderWay({ connection }: IntegrationView): boolean {
  return connection !== null && isChanging(connection);
}

type Moving = Pick<ConnectionView, "waitingUntil" | "connectedAt" | "isRefreshing" | "nextRefreshAt">;

/** A consent is waited for or just came, or a refresh is under way or about to be. */
export function isChanging({ waitingUntil, connectedAt, isRefreshing, nextRefreshAt }: Moving): boolean {
  const now = Date.now();
  if (isRefreshing) return true;
  if (waitingUntil !== null && Date.parse(waitingUntil) > now) return true;
  if (connectedAt !== null && now - Date.parse(connectedAt) < JUST_CONNECTED_MS) return true;
  return isNear(nextRefreshAt);
}

function isNear(time: string | null): boolean {
  return time !== null && Math.abs(Date.parse(time) - Date.now()) < CALM_MS;
}

/** In how many ms a list is asked for again: soon while one of it waits for a consent, is tried, or is about to be. */
export function nextLookMs(rows: readonly ({ waiting?: boolean; trouble: Trouble | null } | null)[]): number {
  const isWatched = rows.some(
    (row) => row && (row.waiting || row.trouble?.isRefreshing || isNear(row.trouble?.nextTryAt ?? null)),
  );
  return isWatched ? WATCHED_MS : CALM_MS;
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
    refetchInterval: ({ state }) => nextLookMs(state.data?.rows ?? []),
  });
  return data;
}
