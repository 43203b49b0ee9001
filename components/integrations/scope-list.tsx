import { Check, Minus } from "lucide-react";
import { withheldScopes } from "@/lib/connections/rules";

export interface ScopeListProps {
  requested: readonly string[];
  granted: readonly string[];
}

/** OAuth scopes asked for and granted; what was asked and not granted is struck through and said in words. */
export function ScopeList({ requested, granted }: ScopeListProps) {
  const withheld = new Set(withheldScopes(requested, granted));
  const all = [...new Set([...requested, ...granted])];
  if (all.length === 0) return <span className="text-muted">none asked for</span>;
  return (
    <div>
      <ul className="flex flex-wrap gap-1.5">
        {all.map((scope) => {
          const missing = withheld.has(scope);
          return (
            <li
              key={scope}
              className="inline-flex min-w-0 items-center gap-1 rounded border px-1.5 py-0.5 font-mono text-xs wrap-anywhere"
            >
              {missing ? (
                <Minus aria-hidden className="size-3 shrink-0 text-danger" />
              ) : (
                <Check aria-hidden className="size-3 shrink-0 text-muted" />
              )}
              <span className={missing ? "line-through decoration-danger" : undefined}>{scope}</span>
              {missing && <span className="font-sans text-danger">not granted</span>}
              {!missing && !requested.includes(scope) && (
                <span className="font-sans text-muted">not asked for</span>
              )}
            </li>
          );
        })}
      </ul>
      {withheld.size > 0 && (
        <p className="mt-1 text-sm text-muted">
          The service granted less than was asked. Calls that need the rest are refused; reconnect with an
          account that may grant it.
        </p>
      )}
    </div>
  );
}
