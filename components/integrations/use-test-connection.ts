"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { TestOutcome } from "@/components/integrations/integration-actions";
import { useIntegrationScreen } from "@/components/integrations/integration-context";

const resultKey = (id: string) => ["integration-test", id] as const;

/** Runs Test connection; its button stands in the header, its result on the Overview. */
export function useTestConnection() {
  const { view, actions, connection } = useIntegrationScreen();
  const queryClient = useQueryClient();
  const { data } = useQuery<TestOutcome | null>({
    queryKey: resultKey(view.id),
    queryFn: () => null,
    enabled: false,
    initialData: null,
  });

  function show(outcome: TestOutcome | null) {
    queryClient.setQueryData(resultKey(view.id), outcome);
  }
  return {
    outcome: data,
    dismiss: () => show(null),
    run: () => {
      show(null);
      void connection.run("test", () => actions.test(view.id)).then((done) => show(done && done.value));
    },
  };
}
