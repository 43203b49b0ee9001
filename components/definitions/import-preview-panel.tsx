"use client";

import { useEffect, useRef } from "react";
import { labelOfPath, titleOf } from "@/components/definitions/change-words";
import { Alert } from "@/components/ui/alert";
import { Card } from "@/components/ui/card";
import { Checkbox } from "@/components/ui/checkbox";
import { RowGroup, Table, Td, Th, Thead, Tr } from "@/components/ui/table";
import type { DefinitionChange, ImportPreview } from "@/lib/definitions/schema";

export interface ImportPreviewPanelProps {
  preview: ImportPreview;
  acceptDrops: boolean;
  onAcceptDrops: (accept: boolean) => void;
}

/** What an import would change, in words; takes the focus as it appears. */
export function ImportPreviewPanel({ preview, acceptDrops, onAcceptDrops }: ImportPreviewPanelProps) {
  const { act, name, organization, changes, effects, drops, notices, byHand } = preview;
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // To the top, where the preview begins and its Import button stands.
    window.scrollTo({ top: 0 });
    panel.current?.focus({ preventScroll: true });
  }, [preview]);
  const title = titleOf(act, { name, owner: organization?.name ?? "Global", count: changes.length });
  return (
    <div
      ref={panel}
      tabIndex={-1}
      role="group"
      aria-label="Preview"
      className="flex flex-col gap-3 outline-none"
    >
      {drops.length > 0 && (
        <Alert tone="danger" title="Stored values would be dropped">
          <Sentences items={drops} />
          <Checkbox
            label="Drop them"
            className="mt-1 text-ink"
            checked={acceptDrops}
            onChange={(event) => onAcceptDrops(event.target.checked)}
          />
        </Alert>
      )}
      {notices.length > 0 && (
        <Alert tone="warning" title="After the import, URLs lead to new hosts">
          <Sentences items={notices} />
        </Alert>
      )}
      <Card
        title={title}
        description={
          act === "none" ? "There is nothing to import." : "Nothing is changed before you import it."
        }
        flush
        {...(changes.length > 0 ? { children: <Changes changes={changes} isNew={act === "create"} /> } : {})}
      />
      {effects.length > 0 && (
        <Alert title="What becomes of stored values">
          <Sentences items={effects} />
        </Alert>
      )}
      {byHand.length > 0 && (
        <Alert title="By hand, after the import">
          <Sentences items={byHand} />
        </Alert>
      )}
    </div>
  );
}

function Sentences({ items }: { items: readonly string[] }) {
  return (
    <ul>
      {items.map((item) => (
        <li key={item}>{item}</li>
      ))}
    </ul>
  );
}

function Changes({ changes, isNew }: { changes: readonly DefinitionChange[]; isNew: boolean }) {
  return (
    <Table caption="What the import changes" className="table-fixed">
      <Thead>
        <Th className="w-2/5">Setting</Th>
        {!isNew && <Th>Now</Th>}
        <Th>{isNew ? "Value" : "After the import"}</Th>
      </Thead>
      {changes.map(({ path, before, after }) => (
        <RowGroup key={path}>
          <Tr>
            <Td className="wrap-anywhere">{labelOfPath(path)}</Td>
            {!isNew && (
              <Td label="Now" className="wrap-anywhere">
                <Value text={before} />
              </Td>
            )}
            <Td label={isNew ? "Value" : "After the import"} className="wrap-anywhere">
              <Value text={after} />
            </Td>
          </Tr>
        </RowGroup>
      ))}
    </Table>
  );
}

function Value({ text }: { text: string | null }) {
  if (text === null) return <span className="text-muted">not set</span>;
  return <span className="font-mono text-sm whitespace-pre-wrap">{text === "" ? "“”" : text}</span>;
}
