/** A service's icon: its letters. Decoration; its name stands beside it. */
export function LetterIcon({ letters }: { letters: string }) {
  return (
    <span
      aria-hidden
      className="grid size-7 shrink-0 place-items-center rounded-md bg-accent-soft text-xs font-semibold text-accent"
    >
      {letters}
    </span>
  );
}
