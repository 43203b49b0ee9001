import { Download } from "lucide-react";
import { Button } from "@/components/ui/button";

export interface ExportFormProps {
  /** What the screen is filtered by: the export holds all that matches. */
  filter: Record<string, string | undefined>;
}

/** Downloads every entry that matches. A POST, as the export is itself recorded; it needs no script. */
export function ExportForm({ filter }: ExportFormProps) {
  return (
    <form method="post" action="/api/audit/export" className="flex flex-wrap gap-2">
      {Object.entries(filter).map(
        ([name, value]) => value && <input key={name} type="hidden" name={name} value={value} />,
      )}
      <Button type="submit" name="format" value="csv" icon={<Download aria-hidden />}>
        Export CSV
      </Button>
      <Button type="submit" name="format" value="jsonl">
        Export JSON Lines
      </Button>
    </form>
  );
}
