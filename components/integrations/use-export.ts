"use client";

import { useState } from "react";
import type { ActFailure } from "@/components/integrations/integration-context";

const TITLE = "Not exported";
const UNREACHABLE = "The server could not be reached. Check the connection and try again.";

/** Downloads an integration's definition. By script, so that a refusal stays on this page. */
export function useExport({ id, name }: { id: string; name: string }) {
  const [failure, setFailure] = useState<ActFailure | null>(null);

  async function start() {
    setFailure(null);
    const response = await fetch(`/api/integrations/${id}/export`, { method: "POST" }).catch(() => null);
    if (!response?.ok) {
      const problem = (await response?.json().catch(() => null)) as { detail?: string } | null | undefined;
      return setFailure({ title: TITLE, message: problem?.detail ?? UNREACHABLE });
    }
    save(await response.blob(), `${name}.yaml`);
  }
  return { failure, start: () => void start() };
}

function save(content: Blob, fileName: string): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = fileName;
  link.click();
  // The browser has taken the content by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
