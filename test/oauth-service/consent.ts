import { DEMO_USERS } from "@/scripts/demo/directory";

/**
 * Walks through the demo service's sign-in and consent pages as a browser would and returns the URL it is sent back to, unopened.
 */
export async function consentAt(
  authorizationUrl: string,
  choice: { email: string; decision?: "allow" | "cancel" },
): Promise<URL> {
  const cookies = new Map<string, string>();
  const { origin } = new URL(authorizationUrl);
  const account = DEMO_USERS.find((user) => user.email === choice.email)?.id ?? "nobody";

  let url = new URL(authorizationUrl);
  let form: Record<string, string> | null = null;
  for (let step = 0; step < 12; step++) {
    const response: Response = await fetch(url, {
      method: form ? "POST" : "GET",
      body: form ? new URLSearchParams(form) : undefined,
      redirect: "manual",
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") },
    });
    form = null;
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (name) cookies.set(name, value ?? "");
    }
    const location = response.headers.get("location");
    const page = await response.text();
    if (location !== null) {
      url = new URL(location, url);
      if (url.origin !== origin) return url;
    } else if (page.includes('name="decision"')) {
      form = { decision: choice.decision ?? "allow" };
    } else if (page.includes('name="account"')) {
      form = { account };
    } else {
      throw new Error(
        `the service showed a page that is neither sign-in nor consent: ${page.replace(/<style>.*?<[/]style>/s, "")}`,
      );
    }
  }
  throw new Error("the sign-in does not come to an end");
}
