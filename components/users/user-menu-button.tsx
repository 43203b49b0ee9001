"use client";

import { Ellipsis } from "lucide-react";
import { useState, useTransition } from "react";
import { ChangeRoleDialog } from "@/components/users/change-role-dialog";
import { SetupLinkField } from "@/components/users/setup-link-field";
import type { NewSetupLink, UserActions } from "@/components/users/user-actions";
import { Alert } from "@/components/ui/alert";
import { AlertDialog } from "@/components/ui/alert-dialog";
import { Dialog } from "@/components/ui/dialog";
import { iconButtonClass } from "@/components/ui/icon-button";
import { Menu, type MenuEntry } from "@/components/ui/menu";
import { toastSuccess } from "@/components/ui/toast";
import type { ActionResult } from "@/components/integrations/action-result";
import type { UserListRow } from "@/lib/users/schema";

export interface UserMenuButtonProps {
  user: UserListRow;
  /** The one looking: nobody deactivates themselves. */
  isSelf: boolean;
  actions: Omit<UserActions, "create">;
}

type Question = "role" | "link" | "deactivate";

// Taller than the text beside it: it must not make the row so.
const TRIGGER = `${iconButtonClass} sm:-my-1.5`;

/** What can be done with one user. */
export function UserMenuButton({ user, isSelf, actions }: UserMenuButtonProps) {
  const [question, setQuestion] = useState<Question | null>(null);
  const [link, setLink] = useState<NewSetupLink | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [pending, startTransition] = useTransition();

  function ask(next: Question | null) {
    setFailure(null);
    setQuestion(next);
  }
  function run<T>(work: Promise<ActionResult<T>>, done: (value: T) => void) {
    startTransition(async () => {
      const result = await work;
      if (!result.ok) return setFailure(result.message);
      ask(null);
      done(result.value);
    });
  }
  const say = (words: string) => () => toastSuccess(words);

  const isIn = user.status !== "inactive";
  const entries: MenuEntry[] = [
    { label: "Change role", name: `Change role of ${user.email}`, onSelect: () => ask("role") },
    ...(isIn
      ? [{ label: "New setup link", name: `New setup link for ${user.email}`, onSelect: () => ask("link") }]
      : []),
    {
      kind: "link",
      label: "Show audit log",
      name: `Show audit log of ${user.email}`,
      href: `/settings/audit?who=${encodeURIComponent(user.id)}`,
    },
  ];
  if (!isIn) {
    entries.push({
      label: "Reactivate",
      name: `Reactivate ${user.email}`,
      onSelect: () => run(actions.reactivate(user.id), say(`${user.email} is active again`)),
    });
  } else if (!isSelf) {
    entries.push(
      { kind: "separator" },
      {
        label: "Deactivate",
        name: `Deactivate ${user.email}`,
        danger: true,
        onSelect: () => ask("deactivate"),
      },
    );
  }
  const failed = (title: string) =>
    failure && (
      <Alert tone="danger" title={title} live className="mt-3">
        {failure}
      </Alert>
    );
  return (
    <>
      <Menu label={`Actions for ${user.email}`} entries={entries} triggerClassName={TRIGGER}>
        <Ellipsis aria-hidden />
      </Menu>
      {question === null && failed(`${user.email} was not changed`)}
      {question === "role" && (
        <ChangeRoleDialog user={user} action={actions.changeRole} close={() => ask(null)} />
      )}
      <AlertDialog
        open={question === "link"}
        onOpenChange={(open) => ask(open ? "link" : null)}
        title={`Make a new setup link for ${user.email}?`}
        confirmLabel="Make link"
        pending={pending}
        onConfirm={() => run(actions.renewLink(user.id), setLink)}
      >
        <p>
          {user.status === "invited"
            ? "The link they were sent before stops working."
            : "Whoever opens the link chooses a new password; the old one and their sessions end then."}
        </p>
        {failed("The link was not made")}
      </AlertDialog>
      <AlertDialog
        open={question === "deactivate"}
        onOpenChange={(open) => ask(open ? "deactivate" : null)}
        title={`Deactivate ${user.email}?`}
        confirmLabel="Deactivate"
        danger
        pending={pending}
        onConfirm={() => run(actions.deactivate(user.id), say(`${user.email} is deactivated`))}
      >
        <p>
          Their sessions end at once, and they cannot sign in. Setup links of theirs stop working. What they
          did stays in the audit log, and you can reactivate them.
        </p>
        {failed("The user was not deactivated")}
      </AlertDialog>
      {link && (
        <Dialog open onOpenChange={() => setLink(null)} title="New setup link">
          <SetupLinkField link={link} />
        </Dialog>
      )}
    </>
  );
}
