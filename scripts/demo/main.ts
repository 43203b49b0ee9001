import { OPERATOR } from "@/lib/auth/actor";
import { findProviderOrganization } from "@/lib/organizations/queries";
import { firstRun } from "@/lib/users/create-first-setup-link";
import { openServices, readEnvOrEnd } from "@/server/services";
import { DEMO_CLIENT } from "./demo-services";
import { runDemo } from "./run-demo";
import { seedDemo } from "./seed";

await runDemo(async ({ oauth, usersApi }) => {
  const services = openServices(readEnvOrEnd());
  try {
    await firstRun(services);
    const provider = await findProviderOrganization(services.db.prisma);
    if (!provider) throw new Error("the provider organization is missing after the first run");
    const redirectPrefix = `${services.publicUrl}/oauth/callback/`;
    await oauth.addClient({ ...DEMO_CLIENT, redirectPrefix });
    const signInUrl = await seedDemo({ ...services, actor: OPERATOR }, provider.id, {
      authorizationUrl: oauth.url("authorization", "{entity_id}"),
      tokenUrl: oauth.url("token", "{entity_id}"),
      revocationUrl: oauth.url("revocation"),
      apiOrigin: usersApi.origin,
      clientId: DEMO_CLIENT.clientId,
      clientSecret: DEMO_CLIENT.clientSecret,
    });
    return { signInUrl };
  } finally {
    await services.db.close();
  }
});
