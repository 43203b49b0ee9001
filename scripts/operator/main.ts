import { Command, CommanderError, Option } from "commander";

import { API_KEY_PERMISSIONS, ROLES, type Role } from "@/lib/auth/actor";
import { SettingError } from "@/lib/env";
import { AppError } from "@/lib/errors";
import { createOrganization } from "@/lib/organizations/create-organization";
import { createSignInLink } from "@/lib/users/create-sign-in-link";
import { confirmRefreshing } from "@/lib/refresh/confirm-refreshing";
import { createUser } from "@/lib/users/create-user";
import { firstRun } from "@/lib/users/create-first-setup-link";

import { type ApiKeyOptions, createKey } from "./api-keys.ts";
import { withContext } from "./context.ts";
import { exportDefinition, importDefinition, type ImportOptions } from "./definitions.ts";
import { diagnose } from "./doctor.ts";
import { print, printFailure, printReport } from "./print.ts";

const USAGE_EXIT_CODE = 2;

const program = new Command("bifrost")
  .description("The operator's command line of this server.")
  // Acted on, and taken away, before this runs.
  .option("--demo", "act on the demo's database")
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "")) });

const organization = program.command("organization").description("Organizations");
withJson(organization.command("create").description("Create a managed organization"))
  .requiredOption("--name <name>", "its name")
  .action(async ({ name, json }: { name: string; json?: boolean }) => {
    const created = await withContext((ctx) => createOrganization(ctx, { name }));
    print(json, { id: created.id, name: created.name, kind: created.kind }, [
      `Created ${created.name} (${created.id}).`,
    ]);
  });

const user = program.command("user").description("Users");
withJson(user.command("create").description("Create a user, who chooses a password through a one-time link"))
  .requiredOption("--email <email>", "their email address")
  .option("--name <name>", "their name")
  .addOption(new Option("--role <role>", "what they may do").choices(ROLES).makeOptionMandatory())
  .requiredOption("--organization <id>", "the organization they belong to")
  .action(
    async (options: { email: string; name?: string; role: Role; organization: string; json?: boolean }) => {
      const { email, name, role, organization: organizationId } = options;
      const created = await withContext((ctx) => createUser(ctx, { email, name, role, organizationId }));
      print(
        options.json,
        {
          id: created.user.id,
          email: created.user.email,
          role: created.user.role,
          organization_id: created.user.organizationId,
          setup_url: created.setupUrl,
        },
        [`Created ${created.user.email}. They choose a password here, once:`, created.setupUrl],
      );
    },
  );

withJson(user.command("sign-in-link").description("Make a link that signs a user in, once, within 12 hours"))
  .requiredOption("--email <email>", "their email address")
  .action(async ({ email, json }: { email: string; json?: boolean }) => {
    const signInUrl = await withContext((ctx) => createSignInLink(ctx, { email }));
    print(json, { sign_in_url: signInUrl }, [
      `Whoever opens this first is signed in as ${email}:`,
      signInUrl,
    ]);
  });

const apiKey = program.command("api-key").description("API keys");
withJson(apiKey.command("create").description("Create an API key, which is shown this once"))
  .requiredOption("--name <name>", "says who uses it")
  .option("--organization <id>", "the organization it speaks for; the provider unless named")
  .addOption(
    new Option("--permission <permission...>", "what it may do")
      .choices(API_KEY_PERMISSIONS)
      .makeOptionMandatory(),
  )
  .option(
    "--integration <name...>",
    "limits the key to these; all that its organization may use unless named",
  )
  .option("--limit-organization <id...>", "limits a key of the provider to these organizations")
  .option("--expires <date>", "when it stops working: 2027-01-31 or 2027-01-31T18:00:00Z; never unless named")
  .action(async (options: ApiKeyOptions & { json?: boolean }) => {
    const { apiKey: created, key } = await withContext((ctx) => createKey(ctx, options));
    print(
      options.json,
      {
        id: created.id,
        name: created.name,
        prefix: created.prefix,
        organization_id: created.organization.id,
        permissions: created.permissions,
        integrations: created.integrations,
        organizations: created.organizations,
        expires_at: created.expiresAt,
        key,
      },
      [`Created ${created.name} for ${created.organization.name}. The key is shown this once:`, key],
    );
  });

const integration = program.command("integration").description("Integrations");
withJson(
  integration.command("export").description("Print an integration's definition as YAML, without secrets"),
)
  .requiredOption("--name <name>", "its name")
  .option("--organization <id>", "whose it is; a global one unless named")
  .action(async (options: { name: string; organization?: string; json?: boolean }) => {
    const { name, text } = await withContext((ctx) => exportDefinition(ctx, options));
    print(options.json, { name, definition: text }, [text.trimEnd()]);
  });

withJson(
  integration.command("import").description("Say what a definition would change; with --yes, change it"),
)
  .requiredOption("--file <path>", "the definition; - reads standard input")
  .option("--organization <id>", "whose it is or becomes; a global one unless named")
  .option("--yes", "import what the preview says")
  .option("--accept-drops [word]", "also drop what the preview says, by the word that it gives for it")
  .action(async (options: ImportOptions & { json?: boolean }) => {
    const { object, lines } = await withContext((ctx) => importDefinition(ctx, options));
    print(options.json, object, lines);
  });

const refresh = program.command("refresh").description("Refreshing tokens");
withJson(
  refresh
    .command("confirm")
    .description("Say that no other copy of this database runs, so that refreshing goes on"),
).action(async ({ json }: { json?: boolean }) => {
  const before = await withContext((ctx) => confirmRefreshing(ctx));
  const words =
    before === null
      ? "Refreshing was on already."
      : `Refreshing is on again. Before, this ran under ${before}.`;
  print(json, { confirmed: true, previous_url: before }, [words]);
});

withJson(program.command("doctor").description("Check this server and say what to mend")).action(
  async ({ json }: { json?: boolean }) => {
    const report = await diagnose();
    printReport(json, report);
    if (!report.ok) process.exitCode = 1;
  },
);

withJson(program.command("first-run", { hidden: true })).action(async ({ json }: { json?: boolean }) => {
  const setupUrl = await withContext((ctx) => firstRun(ctx));
  print(json, { setup_url: setupUrl }, [setupUrl ?? "There is a user already."]);
});

function withJson(command: Command): Command {
  return command.option("--json", "print one JSON object");
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : USAGE_EXIT_CODE;
  } else {
    if (!(error instanceof AppError) && !(error instanceof SettingError)) console.error(error);
    printFailure(process.argv.includes("--json"), error);
    process.exitCode = 1;
  }
}
