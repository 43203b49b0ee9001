import type { Metadata } from "next";
import type { ReactNode } from "react";
import { webServices } from "@/app/context";
import { ChoosePasswordForm } from "@/components/auth/choose-password-form";
import { FirstAdminForm } from "@/components/auth/first-admin-form";
import { Alert } from "@/components/ui/alert";
import { ButtonLink } from "@/components/ui/button-link";
import { findSetupLink } from "@/lib/users/queries";
import type { SetupLinkView } from "@/lib/users/schema";
import { choosePasswordAction, createFirstAdminAction } from "./actions";

export const metadata: Metadata = { title: "Set up" };

export default async function SetupPage({ params }: { params: Promise<{ token: string }> }) {
  const { token } = await params;
  const { db, now } = webServices();
  const link = await findSetupLink(db, token, now());
  if (link.state === "first_admin") {
    return (
      <>
        <Heading title="Create the first account">
          It is a platform admin of the provider organization and may do everything.
        </Heading>
        <FirstAdminForm action={createFirstAdminAction.bind(null, token)} />
      </>
    );
  }
  if (link.state === "user") {
    return (
      <>
        <Heading title="Choose a password">
          For <strong className="font-medium text-ink">{link.email}</strong>, of {link.organizationName}.
        </Heading>
        <ChoosePasswordForm action={choosePasswordAction.bind(null, token)} email={link.email} />
      </>
    );
  }
  return (
    <>
      <Heading
        title={link.state === "expired" ? "This setup link has expired" : "This setup link cannot be used"}
      >
        {link.state === "expired"
          ? null
          : "It was used already, a newer one has replaced it, or it is incomplete."}
      </Heading>
      <Alert title="What to do">{whatToDo(link)}</Alert>
      <ButtonLink href="/sign-in" variant="primary">
        Go to sign in
      </ButtonLink>
    </>
  );
}

function Heading({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="flex flex-col gap-1">
      <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
      {children && <p className="text-muted">{children}</p>}
    </div>
  );
}

function whatToDo(link: Extract<SetupLinkView, { state: "expired" | "unknown" }>): string {
  const restart = "start the server again: it prints a new link, good for an hour.";
  const ask = "Ask your admin for a new link; each is good for 7 days.";
  if (link.state === "unknown") {
    return `Sign in if you have chosen a password already. ${ask} Where nobody has an account yet, ${restart}`;
  }
  return link.purpose === "first_admin" ? `Nobody has an account yet, so ${restart}` : ask;
}
