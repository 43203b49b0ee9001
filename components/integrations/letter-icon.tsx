import { classNames } from "@/components/ui/class-names";

/** A service's icon: its letters. Decoration; its name stands beside it. */
export function LetterIcon({ letters, small }: { letters: string; small?: boolean }) {
  return (
    <span
      aria-hidden
      className={classNames(
        "grid shrink-0 place-items-center rounded bg-accent-soft text-xs font-semibold text-accent",
        small ? "size-6" : "size-7",
      )}
    >
      {letters}
    </span>
  );
}
