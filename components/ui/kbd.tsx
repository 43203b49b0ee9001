/** One key, or several pressed in turn ("g i"), as keycaps. */
export function Kbd({ keys }: { keys: string }) {
  return (
    <span className="inline-flex items-center gap-0.5">
      {keys.split(" ").map((key, index) => (
        <kbd
          key={index}
          className="inline-grid h-5 min-w-5 place-items-center rounded border bg-sunken px-1 font-sans text-xs text-muted"
        >
          {key}
        </kbd>
      ))}
    </span>
  );
}
