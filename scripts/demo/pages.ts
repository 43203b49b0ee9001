import { DEMO_PASSWORD, type DemoUser } from "./directory";

const STYLE = `
  :root { color-scheme: light dark; --line: light-dark(#d6d9de, #3d4249); --soft: light-dark(#5b6470, #a3acb8); --accent: light-dark(#1750d4, #8fb2ff); }
  * { box-sizing: border-box; }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; font: 16px/1.5 system-ui, sans-serif; background: light-dark(#f3f4f6, #15181c); color: light-dark(#1b1f24, #e8eaed); }
  main { width: min(26rem, 100%); padding: 2rem; border: 1px solid var(--line); border-radius: 12px; background: light-dark(#fff, #1e2227); }
  .brand { margin: 0 0 1.5rem; color: var(--soft); font-size: .875rem; }
  h1 { margin: 0 0 .875rem; font-size: 1.375rem; line-height: 1.3; }
  p { margin: 0 0 1rem; }
  .soft { color: var(--soft); font-size: .875rem; }
  .error { padding: .625rem .75rem; border-left: 3px solid light-dark(#b3261e, #ff8a80); background: light-dark(#fdecea, #3a2020); }
  ul { margin: 0 0 1.5rem; padding-left: 1.25rem; }
  label { display: block; margin: 0 0 .25rem; font-weight: 600; font-size: .875rem; }
  input { width: 100%; margin-bottom: .875rem; padding: .5rem .625rem; font: inherit; color: inherit; background: transparent; border: 1px solid light-dark(#858d98, #7a828d); border-radius: 6px; }
  button { width: 100%; padding: .5625rem .75rem; font: inherit; font-weight: 600; border-radius: 6px; border: 1px solid light-dark(#858d98, #7a828d); background: transparent; color: inherit; cursor: pointer; }
  button.main { background: light-dark(#1750d4, #8fb2ff); border-color: transparent; color: light-dark(#fff, #10131a); }
  button.account { display: block; margin-bottom: .5rem; text-align: left; font-weight: 400; }
  button.account strong, button.account span { display: block; }
  .row { display: grid; grid-template-columns: 1fr 1fr; gap: .75rem; }
  hr { margin: 1.5rem 0; border: 0; border-top: 1px solid var(--line); }
  code { overflow-wrap: anywhere; }
  .nowrap { white-space: nowrap; }
  :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
`;

/** The sign-in page of the demo's service: pick an account, or type one. */
export function signInPage(page: {
  users: DemoUser[];
  action: string;
  error: string | null;
  email: string;
}): string {
  const accounts = page.users.map(
    (user) => `<button class="account" name="account" value="${escape(user.id)}">
      <strong>${escape(user.displayName)}</strong><span class="soft">${escape(user.email)}</span></button>`,
  );
  return layout(
    "Sign in",
    `<h1>Pick an account</h1>
    ${page.error === null ? "" : `<p class="error" role="alert">${escape(page.error)}</p>`}
    <form method="post" action="${escape(page.action)}">${accounts.join("")}</form>
    <hr>
    <form method="post" action="${escape(page.action)}">
      <label for="email">Email</label>
      <input id="email" name="email" type="email" autocomplete="off" required value="${escape(page.email)}">
      <label for="password">Password</label>
      <input id="password" name="password" type="password" autocomplete="off" required>
      <button class="main">Sign in</button>
    </form>
    <p class="soft" style="margin:1rem 0 0">The password of every demo account is <code class="nowrap">${DEMO_PASSWORD}</code></p>`,
  );
}

/** The consent page: what the application asks for, Allow or Cancel. */
export function consentPage(page: {
  client: string;
  user: DemoUser;
  scopes: string[];
  action: string;
}): string {
  return layout(
    "Permissions requested",
    `<h1>Permissions requested</h1>
    <p><strong>${escape(page.client)}</strong> would like to use the account <strong>${escape(page.user.email)}</strong> for:</p>
    <ul>${page.scopes.map((scope) => `<li><code>${escape(scope)}</code></li>`).join("")}</ul>
    <form method="post" action="${escape(page.action)}" class="row">
      <button name="decision" value="cancel">Cancel</button>
      <button class="main" name="decision" value="allow">Allow</button>
    </form>`,
  );
}

export function errorPage(error: { code: string; description: string }): string {
  return layout(
    "Sign-in failed",
    `<h1>This sign-in cannot go on</h1>
    <p class="error" role="alert">${escape(error.description)}</p>
    <p class="soft" style="margin:0">Error code: <code>${escape(error.code)}</code></p>`,
  );
}

function layout(title: string, content: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escape(title)} – demo service</title>
    <meta name="viewport" content="width=device-width, initial-scale=1"><style>${STYLE}</style></head>
    <body><main><p class="brand">Demo identity service · runs on this machine only</p>${content}</main></body></html>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
