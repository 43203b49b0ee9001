import { atlassian } from "@/lib/presets/catalogue/atlassian";
import { autotask } from "@/lib/presets/catalogue/autotask";
import { connectWisePsa } from "@/lib/presets/catalogue/connectwise-psa";
import { custom } from "@/lib/presets/catalogue/custom";
import { dattoRmm } from "@/lib/presets/catalogue/datto-rmm";
import { dropbox } from "@/lib/presets/catalogue/dropbox";
import { genericApiKey } from "@/lib/presets/catalogue/generic-api-key";
import { genericBasic } from "@/lib/presets/catalogue/generic-basic";
import { gitHub } from "@/lib/presets/catalogue/github";
import { googleWorkspace } from "@/lib/presets/catalogue/google-workspace";
import { haloPsa } from "@/lib/presets/catalogue/halopsa";
import { hubSpot } from "@/lib/presets/catalogue/hubspot";
import { hudu } from "@/lib/presets/catalogue/hudu";
import { itGlue } from "@/lib/presets/catalogue/it-glue";
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
  connectWisePsa,
  autotask,
  itGlue,
  hudu,
  dattoRmm,
  genericApiKey,
  genericBasic,
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
