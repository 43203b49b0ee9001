/**
 * Several processes' metrics in Prometheus' text format as one: what two of them have stands under one heading, as the
 * format demands. Their lines differ by the label `process`.
 */
export function mergeMetrics(texts: readonly string[]): string {
  const families = new Map<string, { heading: string[]; lines: string[] }>();
  for (const text of texts) {
    let current: { heading: string[]; lines: string[] } | undefined;
    for (const line of text.split("\n")) {
      const [, kind, name] = /^# (HELP|TYPE) (\S+)/.exec(line) ?? [];
      if (name === undefined) {
        if (line !== "") current?.lines.push(line);
        continue;
      }
      const family = families.get(name) ?? { heading: [], lines: [] };
      families.set(name, family);
      current = family;
      if (!family.heading.some((known) => known.startsWith(`# ${kind} `))) family.heading.push(line);
    }
  }
  return [...families.values()]
    .map(({ heading, lines }) => [...heading, ...lines].join("\n"))
    .join("\n\n")
    .concat("\n");
}
