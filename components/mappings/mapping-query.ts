"use client";

import { useQuery } from "@tanstack/react-query";
import { useIntegrationScreen } from "@/components/integrations/integration-context";
import {
  GoneError,
  getJson,
  integrationKey,
  isChanging,
  nextLookMs,
} from "@/components/integrations/integration-query";
import type { MappingRowPage, MappingView } from "@/lib/mappings/schema";

const WATCHED_MS = 2_000;
const CALM_MS = 15_000;

function useWatched() {
  const { view, gone, deleted } = useIntegrationScreen();
  return { id: view.id, enabled: !gone && !deleted };
}

function unlessGone(count: number, failure: Error): boolean {
  return !(failure instanceof GoneError) && count < 2;
}

/** One page of the Mappings tab as it is now, for as long as the integration is there; `search` is the query of its address. */
export function useMappingRows(initial: MappingRowPage, search: string): MappingRowPage {
  const { id, enabled } = useWatched();
  const { data } = useQuery({
    enabled,
    queryKey: [...integrationKey(id), "mappings", search],
    queryFn: ({ signal }) => getJson<MappingRowPage>(`/api/integrations/${id}/mappings?${search}`, signal),
    initialData: initial,
    staleTime: 0,
    retry: unlessGone,
    refetchOnMount: false,
    refetchOnWindowFocus: "always",
    refetchInterval: ({ state }) => nextLookMs(state.data?.rows.map(({ connection }) => connection) ?? []),
  });
  return data;
}

/** One organization's mapping as it is now: asked again every 2 s while something is under way. */
export function useMapping(initial: MappingView): MappingView {
  const { id, enabled } = useWatched();
  const organizationId = initial.effective.organization?.id ?? "";
  const { data } = useQuery({
    enabled,
    queryKey: [...integrationKey(id), "mapping", organizationId],
    queryFn: ({ signal }) =>
      getJson<MappingView>(`/api/integrations/${id}/mappings/${organizationId}`, signal),
    initialData: initial,
    staleTime: 0,
    retry: unlessGone,
    refetchOnMount: false,
    refetchOnWindowFocus: "always",
    refetchInterval: ({ state }) => (isUnderWay(state.data ?? initial) ? WATCHED_MS : CALM_MS),
  });
  return data;
}

function isUnderWay({ connection, derived }: MappingView): boolean {
  return [connection, derived].some((each) => each !== null && isChanging(each));
}
