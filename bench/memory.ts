import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Looks at a process's resident memory until stopped. @returns what stops it, and gives the most there was, in MB */
export function watchMemory(pid: number): () => Promise<number> {
  let most = 0;
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      const { stdout } = await promisify(execFile)("ps", ["-o", "rss=", "-p", String(pid)]);
      most = Math.max(most, Number(stdout.trim()) / 1_024);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  })();
  return async () => {
    isOver = true;
    await watching;
    return Math.round(most);
  };
}
