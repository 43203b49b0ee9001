"use client";

import { HealthDetail, type HealthDetailProps } from "@/components/health/health-detail";
import { isInTrouble, type HealthPlace } from "@/components/health/health-place";
import { markKey, type TestMark } from "@/components/health/use-bulk-test";

export interface HealthListProps extends Pick<HealthDetailProps, "actions" | "testOne"> {
  places: HealthPlace[][];
  marks: ReadonlyMap<string, TestMark>;
  /** What is in trouble alone, rather than everything that is mapped. */
  onlyTrouble: boolean;
}

/** The grid for narrow screens: a card for each integration, a line for each organization that there is something to say of. */
export function HealthList({ places, marks, onlyTrouble, actions, testOne }: HealthListProps) {
  return (
    <div className="flex flex-col gap-3 sm:hidden">
      {places.map((row) => {
        const shown = row.filter(({ cell, organizationId }) =>
          onlyTrouble ? isInTrouble(cell, organizationId === null) : cell.status !== null,
        );
        const [first] = row;
        if (!first || shown.length === 0) return null;
        return (
          <section key={first.integrationId} aria-label={first.integrationName}>
            <ul className="flex flex-col divide-y rounded-lg border bg-surface">
              {shown.map((place) => (
                <li key={place.organizationId ?? "default"} className="p-4">
                  <HealthDetail
                    place={place}
                    mark={marks.get(markKey(place))}
                    actions={actions}
                    testOne={testOne}
                  />
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </div>
  );
}
