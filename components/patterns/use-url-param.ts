"use client";

import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useEffect, useTransition } from "react";

/** What a change of search or filter makes meaningless: the place in the list. */
const placeParams = ["page", "cursor", "columns"];

/** Where the last change is on its way to: until it is there, the next one starts from it and not from the address. */
let underWay: { path: string; query: string } | null = null;

/** One search parameter of this page's address as state; setting it starts the list over. */
export function useUrlParam(name: string): { value: string; set: (value: string) => void; pending: boolean } {
  const router = useRouter();
  const path = usePathname();
  const params = useSearchParams();
  const [pending, startTransition] = useTransition();
  useEffect(() => {
    underWay = null;
  }, [params]);

  function set(value: string) {
    // Read anew: a delayed call must not undo what another control has set meanwhile.
    const next = new URLSearchParams(underWay?.path === path ? underWay.query : window.location.search);
    if (value) next.set(name, value);
    else next.delete(name);
    for (const place of placeParams) next.delete(place);
    const query = next.toString();
    underWay = { path, query };
    startTransition(() => router.replace(query ? `${path}?${query}` : path, { scroll: false }));
  }
  return { value: params.get(name) ?? "", set, pending };
}
