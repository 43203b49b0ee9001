import { TextLink } from "@/components/ui/text-link";
import type { Preset } from "@/lib/presets/schema";

const generalSteps = [
  "Choose the service above; what is known of it is filled in. Any other OAuth service works with Custom.",
  "Give the integration a name. Its Redirect URI appears at once.",
  "Register an application at the service with that Redirect URI, and copy its Client ID and Client Secret here.",
  "Save, then choose Connect on the next page.",
];

/** What to do at the service before this form can be filled, and what is odd about it. */
export function SetupGuide({ preset }: { preset: Preset | null }) {
  const isKnown = preset !== null && preset.name !== "";
  const title = preset === null ? "How it goes" : isKnown ? `At ${preset.title}` : "At the service";
  return (
    <aside aria-label={title} className="rounded-lg border bg-surface text-sm">
      <h2 className="border-b px-4 py-2.5 text-base font-medium">{title}</h2>
      <div className="flex flex-col gap-3 p-4">
        <ol className="flex list-decimal flex-col gap-1.5 pl-4 marker:text-muted">
          {(preset?.setupSteps ?? generalSteps).map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
        {preset && preset.notes.length > 0 && (
          <div>
            <h3 className="font-medium">Good to know</h3>
            <ul className="mt-1 flex list-disc flex-col gap-1.5 pl-4 text-muted">
              {preset.notes.map((note) => (
                <li key={note}>{note}</li>
              ))}
            </ul>
          </div>
        )}
        {preset?.docsUrl && (
          <p>
            <TextLink href={preset.docsUrl} target="_blank" rel="noreferrer">
              {preset.title} documentation
            </TextLink>
          </p>
        )}
      </div>
    </aside>
  );
}
