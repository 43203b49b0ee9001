import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { CommandMenu } from "@/components/frame/command-menu";
import type { CommandItem } from "@/components/frame/command-store";
import type { NavigationGroup } from "@/components/frame/navigation";
import { Shortcuts } from "@/components/frame/shortcuts";
import { Sidebar } from "@/components/frame/sidebar";

export interface FrameUser {
  name: string | null;
  email: string;
  organizationName: string;
  role: string;
}

export interface AppFrameProps {
  user: FrameUser;
  /** `navigationFor(user.role)`. */
  nav: readonly NavigationGroup[];
  /** A server action that ends this session and goes to the sign-in screen. */
  signOut: () => Promise<void>;
  /** Beside the screens, what the command menu always offers; plain data with `href`. */
  commands?: readonly CommandItem[];
  /** See `CommandMenu`. */
  commandSearchUrl?: string;
  children: ReactNode;
}

const cookieName = "bifrost-sidebar";

/** The frame of every signed-in screen: sidebar, command menu, shortcuts, and the content in a `main`. */
export async function AppFrame({
  user,
  nav,
  signOut,
  commands = [],
  commandSearchUrl,
  children,
}: AppFrameProps) {
  const collapsed = (await cookies()).get(cookieName)?.value === "1";
  const entries = nav.flatMap((group) => group.entries);
  const screens: CommandItem[] = [
    ...entries.map(({ label, href, shortcut }) => ({ id: href, label, href, shortcut, group: "Go to" })),
    {
      id: "/account",
      label: "Account",
      href: "/account",
      group: "Go to",
      keywords: ["password", "sign out"],
    },
  ];
  return (
    <div className="min-h-dvh md:flex">
      <a
        href="#content"
        className="fixed top-2 left-2 z-50 -translate-y-16 rounded-md bg-primary px-3 py-2 font-medium text-on-primary focus:translate-y-0"
      >
        Skip to content
      </a>
      <Sidebar user={user} nav={nav} signOut={signOut} defaultCollapsed={collapsed} cookieName={cookieName} />
      <main id="content" tabIndex={-1} className="min-w-0 flex-1 outline-none">
        <div className="mx-auto flex max-w-[1200px] flex-col gap-5 px-4 py-5 md:px-8 md:py-7">{children}</div>
      </main>
      <CommandMenu items={[...commands, ...screens]} searchUrl={commandSearchUrl} />
      <Shortcuts entries={entries} />
    </div>
  );
}
