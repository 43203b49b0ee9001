/** Length is what makes a password hard to guess; rules about its characters make it hard to remember instead. */
export const MIN_PASSWORD_LENGTH = 12;
/** Bounds what hashing a stranger's input costs. */
export const MAX_PASSWORD_LENGTH = 256;

/**
 * Says what is wrong with a new password, or null. Pure, safe in a browser.
 * @param email the user's own address, which an attacker tries first
 */
export function passwordProblem(password: string, email: string): string | null {
  if (password.length < MIN_PASSWORD_LENGTH) return `Use at least ${MIN_PASSWORD_LENGTH} characters.`;
  if (password.length > MAX_PASSWORD_LENGTH) return `Use at most ${MAX_PASSWORD_LENGTH} characters.`;
  if (password.trim() === "") return "Use more than spaces.";
  const plain = password.trim().toLowerCase();
  if (email !== "" && plain === email.trim().toLowerCase())
    return "Use something else than your email address.";
  return null;
}
