"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { INTEGRATION_NAME } from "@/lib/integrations/rules";

const TYPING_PAUSE_MS = 200;

/** The Redirect URI that the server would give an integration of this name now; null while the name is not one. */
export function useRedirectUriPreview(name: string): string | null {
  const [settled, setSettled] = useState(name);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(name), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [name]);

  const usable = INTEGRATION_NAME.test(settled.trim());
  const { data } = useQuery({
    queryKey: ["redirect-uri", settled.trim()],
    enabled: usable,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const response = await fetch(
        `/api/integrations/redirect-uri?${new URLSearchParams({ name: settled.trim() })}`,
        { signal },
      );
      if (!response.ok) throw new Error(`The preview answered ${response.status}.`);
      const body = (await response.json()) as { redirectUri: string };
      return body.redirectUri;
    },
  });
  return usable ? (data ?? null) : null;
}
