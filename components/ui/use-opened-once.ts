"use client";

import { useState } from "react";

/** True from the first time `open` is: until then what is behind it need not be loaded. */
export function useOpenedOnce(open: boolean): boolean {
  const [opened, setOpened] = useState(open);
  if (open && !opened) setOpened(true);
  return opened || open;
}
