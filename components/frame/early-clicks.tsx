/**
 * Keeps a click on a button whose code is not running yet: it is given to the button once it is. React drops it
 * otherwise, and an admin who is quick would press "Disconnect" or "Use the new account" and nothing would happen. Runs before
 * all other scripts, so it stands for itself.
 */
function keepEarlyClicks(): void {
  // React marks each element that it has taken over; nothing public says so for a single one.
  const isAlive = (element: Element) => Object.keys(element).some((key) => key.startsWith("__reactFiber$"));
  let kept: Element | undefined;
  addEventListener(
    "click",
    (event) => {
      // A later click says that the person has changed their mind, or does not wait any longer.
      kept = undefined;
      const button = event.target instanceof Element && event.target.closest('button[type="button"]');
      if (!button || isAlive(button)) return;
      kept = button;
      const giveBack = () => {
        if (kept !== button || !button.isConnected) return;
        if (!isAlive(button)) {
          setTimeout(giveBack, 20);
          return;
        }
        kept = undefined;
        button.dispatchEvent(new MouseEvent("click", event));
      };
      setTimeout(giveBack);
    },
    true,
  );
  // What React could take over while the click was on its way, it has answered itself.
  addEventListener("click", () => {
    if (kept && isAlive(kept)) kept = undefined;
  });
}

/** The inline script of that, for the head of the page; it carries the CSP's nonce. */
export function EarlyClicks({ nonce }: { nonce: string | undefined }) {
  return (
    <script
      // Browsers hide a nonce from scripts once it is read, so React finds none.
      suppressHydrationWarning
      nonce={nonce}
      // oxlint-disable-next-line react/no-danger -- the text is the function above; as a child its quotes would be escaped
      dangerouslySetInnerHTML={{ __html: `(${String(keepEarlyClicks)})()` }}
    />
  );
}
