import { z } from "zod";
import { type Role, ROLES } from "@/lib/auth/actor";
import { MAX_PASSWORD_LENGTH, passwordProblem } from "@/lib/auth/password-policy";
import { searchWords } from "@/lib/search-words";
import { storable } from "@/lib/storable";

/** An e-mail address as it is stored: lower-cased. */
export const emailSchema = storable(z.string({ error: "Enter an email address." }))
  .trim()
  .toLowerCase()
  .max(320, "Use at most 320 characters.")
  .pipe(z.email("Enter an email address such as name@example.com."));

const personName = storable(z.string({ error: "Enter a name." }))
  .trim()
  .min(1, "Enter a name.")
  .max(200, "Use at most 200 characters.");

/** A password that is given, not chosen: how long it must be is said when it is chosen. */
const givenPassword = z
  .string({ error: "Enter your password." })
  .min(1, "Enter your password.")
  .max(MAX_PASSWORD_LENGTH, `Use at most ${MAX_PASSWORD_LENGTH} characters.`);

/** A new password for the user with this address ("" where it is not known: the server judges again with it). */
export function newPassword(email: string) {
  return z.string({ error: "Choose a password." }).superRefine((password, issues) => {
    const problem = passwordProblem(password, email);
    if (problem) issues.addIssue({ code: "custom", message: problem });
  });
}

export const signInSchema = z.object({
  email: storable(z.string({ error: "Enter your email address." }))
    .trim()
    .max(320, "Use at most 320 characters."),
  password: givenPassword,
  next: storable(z.string()).max(2000).optional(),
});

export const createUserSchema = z.object({
  email: emailSchema,
  name: personName.nullish(),
  role: z.enum(ROLES, { error: `Choose one of ${ROLES.join(", ")}.` }),
  organizationId: z.uuid("Choose an organization."),
});
export type CreateUserInput = z.input<typeof createUserSchema>;

/** What the first admin fills in. */
export const firstAdminSchema = z
  .object({ name: personName, email: emailSchema, password: z.string({ error: "Choose a password." }) })
  .superRefine(({ email, password }, issues) => {
    const problem = passwordProblem(password, email);
    if (problem) issues.addIssue({ code: "custom", path: ["password"], message: problem });
  });

/** What an invited user fills in. */
export const choosePasswordSchema = z.object({ password: newPassword("") });

export const changePasswordSchema = z.object({
  currentPassword: givenPassword,
  newPassword: newPassword(""),
});
export type ChangePasswordInput = z.input<typeof changePasswordSchema>;

export const changeUserRoleSchema = z.object({
  id: z.uuid(),
  role: z.enum(ROLES, { error: `Choose one of ${ROLES.join(", ")}.` }),
});
export type ChangeUserRoleInput = z.input<typeof changeUserRoleSchema>;

export const userIdSchema = z.object({ id: z.uuid() });

export const endSessionSchema = z.object({ sessionId: z.uuid() });

export interface UserSummary {
  id: string;
  email: string;
  name: string | null;
  role: Role;
  organizationId: string;
}

export const USER_PAGE_SIZE = 50;

/** The list's state, as it stands in the URL. Made-up values fall back to the defaults. */
export const userListQuery = z.object({
  q: searchWords,
  role: z.enum(ROLES).optional().catch(undefined),
  organization: z.uuid().optional().catch(undefined),
  status: z.enum(["active", "invited", "inactive"]).optional().catch(undefined),
  page: z.coerce.number().int().min(1).max(1_000_000).catch(1).default(1),
});
export type UserListQuery = z.output<typeof userListQuery>;

export interface UserListRow {
  id: string;
  email: string;
  name: string | null;
  role: Role;
  organization: { id: string; name: string; kind: "provider" | "managed"; isActive: boolean };
  /** `invited`: has not chosen a password yet. */
  status: "active" | "invited" | "inactive";
  lastSignInAt: string | null;
  createdAt: string;
}

export interface UserListPage {
  rows: UserListRow[];
  total: number;
  page: number;
  pageCount: number;
}

/** What a setup link is for, as its page shows it. */
export type SetupLinkView =
  | { state: "first_admin" }
  | { state: "user"; email: string; organizationName: string }
  | { state: "expired"; purpose: "first_admin" | "user" }
  | { state: "unknown" };
