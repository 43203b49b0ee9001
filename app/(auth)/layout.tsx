import type { ReactNode } from "react";
import { Logo } from "@/components/frame/logo";

/** Around the screens of people who are not signed in: the mark, and one card. */
export default function AuthLayout({ children }: { children: ReactNode }) {
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-sm flex-col justify-center gap-6 px-4 py-10">
      <div className="flex items-center gap-2.5">
        <Logo className="size-8" />
        <span className="text-lg font-semibold tracking-tight">Bifrost</span>
      </div>
      {children}
    </main>
  );
}
