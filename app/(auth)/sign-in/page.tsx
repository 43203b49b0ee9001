import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { optionalWebContext, webServices } from "@/app/context";
import { SignInForm } from "@/components/auth/sign-in-form";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { SIGN_IN_ERRORS } from "@/lib/auth/next-auth-options";
import { safeNextPath } from "@/lib/auth/next-path";
import { readEnv } from "@/lib/env";
import { hasUsers } from "@/lib/users/queries";
import { signInAction } from "./actions";

export const metadata: Metadata = { title: "Sign in" };

type Query = Record<string, string | string[] | undefined>;

export default async function SignInPage({ searchParams }: { searchParams: Promise<Query> }) {
  const query = await searchParams;
  const next = nextOf(query);
  if (await optionalWebContext()) redirect(next);
  const { oidc } = readEnv();
  const notice = noticeFor(query["error"]);
  return (
    <>
      <h1 className="text-xl font-semibold tracking-tight">Sign in</h1>
      {notice && (
        <Alert tone="danger" title="Not signed in" live>
          {notice}
        </Alert>
      )}
      {!(await hasUsers(webServices().db)) && (
        <Alert title="Nobody can sign in yet">
          Open the setup link that the server printed when it started. It is good for an hour; starting the
          server again prints a new one.
        </Alert>
      )}
      <SignInForm action={signInAction} next={next} />
      {oidc && (
        <form action="/sign-in/single-sign-on" method="get" className="border-t pt-6">
          <input type="hidden" name="next" value={next} />
          <Button type="submit" className="w-full">
            Sign in with single sign-on
          </Button>
        </form>
      )}
    </>
  );
}

/** `next` is ours; `callbackUrl`, a whole address, is how next-auth's own redirects say it. */
function nextOf(query: Query): string {
  const callback = typeof query["callbackUrl"] === "string" ? URL.parse(query["callbackUrl"]) : null;
  return safeNextPath(query["next"] ?? (callback ? callback.pathname + callback.search : undefined));
}

function noticeFor(error: string | string[] | undefined): string | null {
  if (typeof error !== "string") return null;
  if (error === SIGN_IN_ERRORS.notAUser) {
    return "Single sign-on knows you, but there is no active user here with an email address that it has verified. Ask an admin to create one for you, with the address you use there.";
  }
  if (error === SIGN_IN_ERRORS.linkGone) {
    return "This sign-in link was used already or has expired. Sign in with your password, or have a new link made on the server.";
  }
  if (error === SIGN_IN_ERRORS.failed) return "Something went wrong on the server. Try again in a moment.";
  if (error.startsWith("OAuth") || error === "Callback") {
    return "Single sign-on did not finish. Try again; if it stays, ask whoever runs this server to look at its log.";
  }
  return "The email address or the password is wrong, or there were too many failed attempts. Try again.";
}
