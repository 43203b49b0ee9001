import type { ConfigFieldInput } from "@/lib/config/schema";
import type { ConfigFieldView } from "@/lib/integrations/schema";

/** A field of the schema as it stands in the editor. */
export interface Draft extends ConfigFieldInput {
  /** Tells rows apart; new ones have no id yet. */
  uid: string;
}

export function draftsOf(fields: readonly ConfigFieldView[]): Draft[] {
  return fields.map(({ id, key, type, required, description }) => ({
    uid: id,
    id,
    key,
    type,
    required,
    description,
  }));
}

export function newDraft(): Draft {
  return { uid: crypto.randomUUID(), id: null, key: "", type: "string", required: false, description: "" };
}

/** The list with the item of one place at another. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const next = [...list];
  const [item] = next.splice(from, 1);
  if (item !== undefined) next.splice(to, 0, item);
  return next;
}

/** How a row is called where its control is named: by its key, or while it has none by its place. */
export function nameOfDraft(draft: Draft, index: number): string {
  return draft.key.trim() || `field ${index + 1}`;
}
