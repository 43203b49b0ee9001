import type { ReactNode } from "react";

export interface MessagePageProps {
  /** 2 where the screen around it has a title already. */
  level?: 1 | 2;
  title: string;
  /** Why, and what to do. */
  children: ReactNode;
  /** Buttons or links. */
  actions?: ReactNode;
}

/** A screen that is a message and nothing else: not found, no permission, something broke. */
export function MessagePage({ level = 1, title, children, actions }: MessagePageProps) {
  const Heading = `h${level}` as const;
  return (
    <div className="mx-auto flex min-h-[60dvh] w-full max-w-md flex-col justify-center gap-4 px-4 py-16">
      <Heading className="text-xl font-semibold tracking-tight">{title}</Heading>
      <div className="text-muted">{children}</div>
      {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
    </div>
  );
}
