import { CircleAlert, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { TroubleWords } from "@/components/health/trouble-words";
import { classNames } from "@/components/ui/class-names";
import { TextLink } from "@/components/ui/text-link";
import type { MappingRow } from "@/lib/mappings/schema";

interface Note {
  key: string;
  words: ReactNode;
  /** It failed; else it is to be minded. */
  failed?: boolean;
}

/** What is wrong or odd with a row, in words. */
export function notesOf(row: MappingRow, failure: string | null): Note[] {
  const { organization, mapping, connection, missing } = row;
  const notes: Note[] = failure ? [{ key: "failure", words: failure, failed: true }] : [];
  // What ails it is mended by nobody before.
  if (!organization.isActive)
    return [...notes, { key: "deactivated", words: <Deactivated {...organization} /> }];
  if (connection?.trouble)
    notes.push({ key: "trouble", words: <TroubleWords trouble={connection.trouble} />, failed: true });
  if (connection?.waitsForClient)
    notes.push({
      key: "client",
      words: "It waits for the OAuth client to be mended; see above.",
      failed: true,
    });
  if (mapping && missing.length > 0) {
    notes.push({ key: "missing", words: `Required and not set: ${missing.join(", ")}.`, failed: true });
  }
  if (mapping && mapping.sharesEntityWith.length > 0) {
    notes.push({
      key: "shared",
      words: `The same entity ID as ${new Intl.ListFormat("en").format(mapping.sharesEntityWith)}.`,
    });
  }
  return notes;
}

function Deactivated({ name }: { name: string }) {
  const href = `/settings/organizations?${new URLSearchParams({ q: name }).toString()}`;
  return (
    <>
      Deactivated: its scripts get nothing. Reactivate it under{" "}
      <TextLink prefetch={false} href={href} aria-label={`Organizations, ${name}`}>
        Organizations
      </TextLink>
      .
    </>
  );
}

/** A row's second line. */
export function MappingRowNotes({ notes, isLive }: { notes: readonly Note[]; isLive: boolean }) {
  return (
    <ul role={isLive ? "alert" : undefined} className="flex flex-col gap-0.5 text-sm">
      {notes.map(({ key, words, failed }) => {
        const Icon = failed ? CircleAlert : TriangleAlert;
        return (
          <li key={key} className={classNames("flex gap-1.5", failed ? "text-danger" : "text-ink")}>
            <Icon aria-hidden className="mt-0.5 size-3.5 shrink-0" />
            <span className="min-w-0 wrap-anywhere">{words}</span>
          </li>
        );
      })}
    </ul>
  );
}
