/** The product mark: an arch bridge, its deck hung from the arch. */
export function Logo({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 24 24" fill="none" aria-hidden className={className ?? "size-6"}>
      <rect width="24" height="24" rx="6" fill="var(--primary)" />
      <g stroke="var(--on-primary)" strokeLinecap="round">
        <path d="M5 17.5C6.2 10.6 8.7 6.5 12 6.5s5.8 4.1 7 11" strokeWidth="2" />
        <path d="M3.5 14.25h17" strokeWidth="2" />
        <path d="M9.4 8.6v5M12 7.2v6.4M14.6 8.6v5" strokeWidth="1.1" opacity="0.75" />
      </g>
    </svg>
  );
}
