"use client";

import { useQuery } from "@tanstack/react-query";
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

/** One page of the Mappings tab as it is now; `search` is the query of its address. */
export function useMappingRows(id: string, initial: MappingRowPage, search: string): MappingRowPage {
  const { data } = useQuery({
    queryKey: [...integrationKey(id), "mappings", search],
    queryFn: ({ signal }) => getJson<MappingRowPage>(`/api/integrations/${id}/mappings?${search}`, signal),
    initialData: initial,
    staleTime: 0,
    refetchOnMount: false,
    refetchOnWindowFocus: "always",
    refetchInterval: ({ state }) => nextLookMs(state.data?.rows.map(({ connection }) => connection) ?? []),
  });
  return data;
}

/** One organization's mapping as it is now: asked again every 2 s while something is under way. */
export function useMapping(id: string, initial: MappingView): MappingView {
  const organizationId = initial.effective.organization?.id ?? "";
  const { data } = useQuery({
    queryKey: [...integrationKey(id), "mapping", organizationId],
    queryFn: ({ signal }) =>
      getJson<MappingView>(`/api/integrations/${id}/mappings/${organizationId}`, signal),
    initialData: initial,
    staleTime: 0,
    retry: (count, failure) => !(failure instanceof GoneError) && count < 2,
    refetchOnMount: false,
    refetchOnWindowFocus: "always",
    refetchInterval: ({ state }) => (isUnderWay(state.data ?? initial) ? WATCHED_MS : CALM_MS),
  });
  return data;
}

function isUnderWay({ connection, derived }: MappingView): boolean {
  return [connection, derived].some((each) => each !== null && isChanging(each));
}
