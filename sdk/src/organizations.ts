import { read, readPages } from "./request.ts";
import type { Settings } from "./settings.ts";

export interface Organization {
  readonly id: string;
  readonly name: string;
  readonly kind: "provider" | "managed";
  readonly isActive: boolean;
}

export interface Organizations {
  /**
   * The organizations that the key may see: all of them for the provider's, its own for a managed organization's.
   * @throws BifrostError
   */
  list(): Promise<Organization[]>;
}

interface Answer {
  id: string;
  name: string;
  kind: Organization["kind"];
  is_active: boolean;
}

export function organizationsOf(settingsOf: () => Settings): Organizations {
  return {
    async list() {
      const settings = settingsOf();
      const answers = await readPages<Answer>("organizations", (query) =>
        read(settings, `/api/v1/organizations${query}`, []),
      );
      return (answers ?? []).map(({ id, name, kind, is_active: isActive }) => ({ id, name, kind, isActive }));
    },
  };
}
