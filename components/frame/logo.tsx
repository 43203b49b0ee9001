/** The product mark: an arch bridge, its deck hung from the arch. */
export function Logo({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 24 24" fill="none" aria-hidden className={className ?? "size-6"}>
      <rect width="24" height="24" rx="6" fill="var(--primary)" />
      <g stroke="var(--on-primary)" strokeLinecap="round">
        <path d="M3.8 17.2C5.8 11 8.5 7.6 12 7.6s6.2 3.4 8.2 9.6" strokeWidth="2" />
        <path d="M3 14.4h18" strokeWidth="2" />
        <path d="M8.6 9.2v4.6M12 8v5.8M15.4 9.2v4.6" strokeWidth="1.1" opacity="0.75" />
      </g>
    </svg>
  );
}
