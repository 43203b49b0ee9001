export interface DemoUser {
  id: string;
  tenant: string;
  email: string;
  displayName: string;
  givenName: string;
  surname: string;
  jobTitle: string;
}

export interface DemoTenant {
  /** What stands in the URLs and in `tid`. */
  id: string;
  displayName: string;
}

/** Shown on the sign-in page: it guards nothing. */
export const DEMO_PASSWORD = "demo-password";

export const DEMO_TENANTS: readonly DemoTenant[] = [
  { id: "contoso.example", displayName: "Contoso" },
  { id: "fabrikam.example", displayName: "Fabrikam" },
];

export const DEMO_USERS: readonly DemoUser[] = [
  user("8f1c2d7e-3a54-4b8e-9c61-5d2f0a7b1e01", "contoso.example", "Ada", "Lovelace", "Automation lead"),
  user("8f1c2d7e-3a54-4b8e-9c61-5d2f0a7b1e02", "contoso.example", "Grace", "Hopper", "Engineer"),
  user("c47a9b30-61d2-4f0e-8a35-0e9d4c6f2b01", "fabrikam.example", "Alan", "Turing", "Administrator"),
  user("c47a9b30-61d2-4f0e-8a35-0e9d4c6f2b02", "fabrikam.example", "Katherine", "Johnson", "Analyst"),
];

/** The tenants' names in URLs that stand for "whichever the user belongs to". */
export const ANY_TENANT: ReadonlySet<string> = new Set(["common", "organizations"]);

export function isKnownTenant(tenant: string): boolean {
  return ANY_TENANT.has(tenant) || DEMO_TENANTS.some(({ id }) => id === tenant);
}

/** Who may sign in at a tenant's URLs. */
export function usersOf(tenant: string): DemoUser[] {
  return DEMO_USERS.filter((each) => ANY_TENANT.has(tenant) || each.tenant === tenant);
}

function user(id: string, tenant: string, givenName: string, surname: string, jobTitle: string): DemoUser {
  const email = `${givenName.toLowerCase()}@${tenant}`;
  return { id, tenant, email, displayName: `${givenName} ${surname}`, givenName, surname, jobTitle };
}
