import { describe, expect, it } from "vitest";
import { mergeMetrics } from "./merge-metrics";

describe("two processes' metrics", () => {
  it("stand under one heading where both have them", () => {
    const web = `# HELP a Text.\n# TYPE a counter\na{process="web"} 1\n\n# HELP b Text.\n# TYPE b gauge\nb{process="web"} 2\n`;
    const worker = `# HELP b Text.\n# TYPE b gauge\nb{process="worker"} 3\n\n# HELP c Text.\n# TYPE c gauge\nc{process="worker"} 4\n`;
    expect(mergeMetrics([web, worker])).toBe(
      `# HELP a Text.\n# TYPE a counter\na{process="web"} 1\n\n` +
        `# HELP b Text.\n# TYPE b gauge\nb{process="web"} 2\nb{process="worker"} 3\n\n` +
        `# HELP c Text.\n# TYPE c gauge\nc{process="worker"} 4\n`,
    );
  });

  it("keep a histogram's lines with its heading", () => {
    const of = (name: string) =>
      `# HELP h Text.\n# TYPE h histogram\nh_bucket{le="+Inf",process="${name}"} 1\nh_sum{process="${name}"} 1\nh_count{process="${name}"} 1\n`;
    expect(mergeMetrics([of("web"), of("worker")]).match(/^# TYPE h /gm)).toHaveLength(1);
    expect(mergeMetrics([of("web"), of("worker")]).match(/^h_count/gm)).toHaveLength(2);
  });

  it("are one's own where there is only one", () => {
    expect(mergeMetrics(["# HELP a Text.\n# TYPE a counter\na 1\n", ""])).toBe(
      "# HELP a Text.\n# TYPE a counter\na 1\n",
    );
  });
});
