/** The product mark: a bridge's arc over its deck, with the hangers that carry it. */
export function Logo({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 24 24" fill="none" aria-hidden className={className ?? "size-6"}>
      <rect width="24" height="24" rx="6" fill="var(--primary)" />
      <g stroke="var(--on-primary)" strokeLinecap="round">
        <path d="M4.5 15.5C6 9.9 8.8 7 12 7s6 2.9 7.5 8.5" strokeWidth="2" />
        <path d="M4.5 15.5h15" strokeWidth="2" />
        <path d="M9 9v6.5M12 7.5v8M15 9v6.5" strokeWidth="1.2" opacity="0.7" />
      </g>
    </svg>
  );
}
