import type { ReactNode } from "react";

export interface MessagePageProps {
  title: string;
  /** Why, and what to do. */
  children: ReactNode;
  /** Buttons or links. */
  actions?: ReactNode;
}

/** A screen that is a message and nothing else: not found, no permission, something broke. */
export function MessagePage({ title, children, actions }: MessagePageProps) {
  return (
    <div className="mx-auto flex min-h-[60dvh] w-full max-w-md flex-col justify-center gap-4 px-4 py-16">
      <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
      <div className="text-muted">{children}</div>
      {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
    </div>
  );
}
