import { Worker } from "node:worker_threads";

export interface Load {
  port: number;
  /** Asked in turn. */
  paths: string[];
  /** Header lines, each ending with CRLF; taken in turn too. */
  headers: string[];
  connections: number;
  durationMs: number;
  /** Null: as fast as the server answers. */
  ratePerSecond: number | null;
}

export interface LoadResult {
  perSecond: number;
  p99Ms: number;
  failed: number;
}

/** @throws Error where any answer was not 200: then nothing was measured */
export async function load(options: Load): Promise<LoadResult> {
  const worker = new Worker(new URL("./load-client.ts", import.meta.url), { workerData: options });
  try {
    const result = await new Promise<LoadResult>((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
    });
    if (result.failed > 0) throw new Error(`${result.failed} answers of port ${options.port} were not 200.`);
    return result;
  } finally {
    await worker.terminate();
  }
}
