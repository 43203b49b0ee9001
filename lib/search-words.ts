import { z } from "zod";
import { storable } from "@/lib/storable";

const MAX_CHARACTERS = 100;

/**
 * The words of a search, as they stand in an address. What is too long is cut, not dropped: without any words everything
 * would be shown as if it matched. By whole characters, so that no half of one is left.
 */
export const searchWords = storable(z.string())
  .transform((text) => [...text.trim()].slice(0, MAX_CHARACTERS).join("").trim())
  .catch("")
  .default("");
