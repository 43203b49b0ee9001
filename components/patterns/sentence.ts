/** Words with a full stop, where they have no end of their own. */
export function sentence(words: string): string {
  return /[.!?…”]$/.test(words.trim()) ? words : `${words}.`;
}
