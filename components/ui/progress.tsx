export interface ProgressProps {
  /** What is under way: "Testing connections". */
  label: string;
  value: number;
  max: number;
}

/** How far long work has come; the counts stand beside it in words. */
export function Progress({ label, value, max }: ProgressProps) {
  const share = max === 0 ? 1 : Math.min(1, value / max);
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={max}
      aria-valuenow={value}
      className="h-2 w-full overflow-hidden rounded-full bg-hover"
    >
      <div className="h-full bg-primary transition-[width]" style={{ width: `${share * 100}%` }} />
    </div>
  );
}
