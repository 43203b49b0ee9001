import { Document, isPair, isScalar, isMap } from "yaml";
import { FORMAT, type Definition } from "./schema";

const HEADER = ` The definition of an integration of Bifrost. No secret is in it: after an import, enter the client secret,
 the private key and the values of secret fields by hand.`;

/** A definition as text: stable order, one setting a line, nothing that is not set. */
export function writeDefinition(definition: Definition): string {
  const { oauth, config_schema: fields, ...settings } = definition;
  const document = new Document(
    {
      ...withoutBlanks({ ...settings, bifrost: FORMAT }),
      ...(oauth ? { oauth: withoutBlanks(oauth) } : {}),
      ...(fields.length > 0 ? { config_schema: fields.map(withoutBlankParts) } : {}),
    },
    { aliasDuplicateObjects: false, version: "1.2" },
  );
  document.commentBefore = HEADER;
  spaceSections(document);
  return document.toString({ lineWidth: 0, minContentWidth: 0 });
}

function withoutBlanks(settings: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => !isBlank(value)));
}

function isBlank(value: unknown): boolean {
  return value === null || value === "" || (typeof value === "object" && Object.keys(value).length === 0);
}

function withoutBlankParts({ default: value, ...field }: Definition["config_schema"][number]) {
  return { ...withoutBlanks(field), ...(value === null ? {} : { default: value }) };
}

/** A blank line before each section, so that the eye finds them. */
function spaceSections({ contents }: Document): void {
  if (!isMap(contents)) return;
  for (const pair of contents.items) {
    if (!isPair(pair) || !isScalar(pair.key)) continue;
    if (pair.key.value === "oauth" || pair.key.value === "config_schema") pair.key.spaceBefore = true;
  }
}
