import { StatusMark, statusWord } from "@/components/patterns/status-badge";

const SHOWN = [
  "reconnect_required",
  "degraded",
  "incomplete",
  "not_connected",
  "active",
  "configured",
] as const;

/** What each mark of the grid means. */
export function HealthLegend() {
  return (
    <ul aria-label="Legend" className="flex flex-wrap gap-x-4 gap-y-1 text-sm text-muted max-sm:hidden">
      {SHOWN.map((status) => (
        <li key={status} className="flex items-center gap-1.5">
          <StatusMark status={status} />
          {statusWord(status)}
        </li>
      ))}
      <li>– Not mapped</li>
    </ul>
  );
}
