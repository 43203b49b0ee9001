import { atlassian } from "@/lib/presets/catalogue/atlassian";
import { custom } from "@/lib/presets/catalogue/custom";
import { dropbox } from "@/lib/presets/catalogue/dropbox";
import { gitHub } from "@/lib/presets/catalogue/github";
import { googleWorkspace } from "@/lib/presets/catalogue/google-workspace";
import { haloPsa } from "@/lib/presets/catalogue/halopsa";
import { hubSpot } from "@/lib/presets/catalogue/hubspot";
import { microsoftGraph } from "@/lib/presets/catalogue/microsoft-graph";
import { ninjaOne } from "@/lib/presets/catalogue/ninjaone";
import { pax8 } from "@/lib/presets/catalogue/pax8";
import { quickBooksOnline } from "@/lib/presets/catalogue/quickbooks-online";
import { salesforce } from "@/lib/presets/catalogue/salesforce";
import { slack } from "@/lib/presets/catalogue/slack";
import { xero } from "@/lib/presets/catalogue/xero";
import { zoho } from "@/lib/presets/catalogue/zoho";
import { zoom } from "@/lib/presets/catalogue/zoom";
import type { Preset } from "@/lib/presets/schema";

const PRESETS: readonly Preset[] = [
  microsoftGraph,
  googleWorkspace,
  haloPsa,
  ninjaOne,
  pax8,
  gitHub,
  slack,
  hubSpot,
  quickBooksOnline,
  xero,
  salesforce,
  zoho,
  dropbox,
  zoom,
  atlassian,
  custom,
];

/** All presets in the order in which the picker shows them, the custom one last. */
export function listPresets(): Preset[] {
  return [...PRESETS];
}

/** The preset of an integration; null for an unknown id, which an older or newer version may have stored. */
export function findPreset(id: string | null): Preset | null {
  return PRESETS.find((preset) => preset.id === id) ?? null;
}
