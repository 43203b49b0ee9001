import type { Metadata } from "next";
import { webContext } from "@/app/context";
import { ChangePasswordForm } from "@/components/account/change-password-form";
import { SessionList } from "@/components/account/session-list";
import { DefinitionList } from "@/components/patterns/definition-list";
import { PageHeader } from "@/components/patterns/page-header";
import { Card } from "@/components/ui/card";
import { SubmitButton } from "@/components/ui/submit-button";
import { listSessions } from "@/lib/auth/sessions";
import { findAccount } from "@/lib/users/queries";
import { NO_PASSWORD, ROLE_LABELS } from "@/lib/users/rules";
import { changePasswordAction, endSessionAction, signOutEverywhereAction } from "./actions";

export const metadata: Metadata = { title: "Account" };

export default async function AccountPage() {
  const { actor, db, now } = await webContext();
  const [account, sessions] = await Promise.all([
    findAccount(db, actor.id),
    listSessions(db, actor.id, now()),
  ]);
  return (
    <>
      <PageHeader title="Account" />
      <Card title="You">
        <DefinitionList
          items={[
            { term: "Name", value: account.name },
            { term: "Email", value: account.email },
            { term: "Role", value: ROLE_LABELS[account.role] },
            { term: "Organization", value: account.organization.name },
          ]}
        />
      </Card>
      <Card title="Change password">
        {account.hasPassword ? (
          <ChangePasswordForm action={changePasswordAction} email={account.email} />
        ) : (
          <p>{NO_PASSWORD}</p>
        )}
      </Card>
      <Card
        title="Sessions"
        description="Where you are signed in. A session ends 30 days after signing in."
        flush
        actions={
          <form action={signOutEverywhereAction}>
            <SubmitButton variant="secondary" size="sm">
              Sign out everywhere
            </SubmitButton>
          </form>
        }
      >
        <SessionList sessions={sessions} currentId={actor.sid} end={endSessionAction} />
      </Card>
    </>
  );
}
