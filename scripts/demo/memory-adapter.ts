import { readFileSync, renameSync, writeFileSync } from "node:fs";
import type { Adapter, AdapterPayload } from "oidc-provider";

interface Entry {
  payload: AdapterPayload;
  expiresAtMs: number;
}

/**
 * Everything the demo's OAuth server knows. Kept in `stateFile`, if there is one, so that a connection made in the demo outlives
 * its restart.
 */
export function createMemoryStore(stateFile?: string): (model: string) => Adapter {
  const entries = new Map<string, Entry>(stateFile === undefined ? [] : readState(stateFile));
  let isSaving = false;
  const changed = (): void => {
    if (stateFile === undefined || isSaving) return;
    isSaving = true;
    setTimeout(() => {
      isSaving = false;
      writeState(stateFile, entries);
    }, 20);
  };

  const live = (key: string): AdapterPayload | undefined => {
    const entry = entries.get(key);
    if (entry && entry.expiresAtMs > Date.now()) return entry.payload;
    entries.delete(key);
    return undefined;
  };

  return (model) => {
    const keyOf = (id: string) => `${model}:${id}`;
    const findWhere = (matches: (payload: AdapterPayload) => boolean): AdapterPayload | undefined => {
      for (const [key, { payload }] of entries) {
        if (key.startsWith(`${model}:`) && matches(payload)) return live(key);
      }
      return undefined;
    };
    return {
      upsert: async (id, payload, expiresIn) => {
        const expiresAtMs = expiresIn === undefined ? Infinity : Date.now() + expiresIn * 1_000;
        entries.set(keyOf(id), { payload, expiresAtMs });
        changed();
      },
      find: async (id) => live(keyOf(id)),
      findByUid: async (uid) => findWhere((payload) => payload.uid === uid),
      findByUserCode: async (userCode) => findWhere((payload) => payload.userCode === userCode),
      consume: async (id) => {
        const payload = live(keyOf(id));
        if (payload) payload.consumed = Math.floor(Date.now() / 1_000);
        changed();
      },
      destroy: async (id) => {
        entries.delete(keyOf(id));
        changed();
      },
      revokeByGrantId: async (grantId) => {
        for (const [key, { payload }] of entries) if (payload.grantId === grantId) entries.delete(key);
        changed();
      },
    };
  };
}

function readState(file: string): [string, Entry][] {
  try {
    const saved = JSON.parse(readFileSync(file, "utf8")) as [
      string,
      Entry | { payload: AdapterPayload; expiresAtMs: null },
    ][];
    // JSON knows no Infinity.
    return saved.map(([key, entry]) => [key, { ...entry, expiresAtMs: entry.expiresAtMs ?? Infinity }]);
  } catch {
    return [];
  }
}

function writeState(file: string, entries: Map<string, Entry>): void {
  for (const [key, { expiresAtMs }] of entries) if (expiresAtMs <= Date.now()) entries.delete(key);
  try {
    writeFileSync(`${file}.new`, JSON.stringify([...entries]), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  } catch {
    // Not remembered then; the demo goes on.
  }
}
