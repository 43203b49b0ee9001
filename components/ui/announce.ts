"use client";

const regionId = "announcements";

/** Has a screen reader say a short message politely, wherever the focus is. */
export function announce(message: string): void {
  let region = document.getElementById(regionId);
  if (!region) {
    region = document.createElement("div");
    region.id = regionId;
    region.className = "sr-only";
    region.setAttribute("role", "status");
    // Inside the page's landmarks, or screen readers in browse mode would find it astray.
    (document.querySelector("main") ?? document.body).append(region);
  }
  region.textContent = "";
  // The same words twice in a row are said twice only when the region was empty in between.
  const target = region;
  setTimeout(() => (target.textContent = message), 50);
}
