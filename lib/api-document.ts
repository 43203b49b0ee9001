/** What of JSON Schema our OpenAPI document uses. */
export interface JsonSchema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  enum?: unknown[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  additionalProperties?: JsonSchema | boolean;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
}

interface Content {
  content?: Record<string, { schema: JsonSchema }>;
}

export interface ApiOperation {
  operationId: string;
  summary: string;
  description?: string;
  parameters?: { name: string; in: string; required?: boolean; schema: JsonSchema; description?: string }[];
  requestBody?: Content;
  responses: Record<string, Content & { description: string }>;
}

/** The OpenAPI 3.1 document, as far as the API reference reads it. */
export interface ApiDocument {
  info: { title: string; version: string; description: string };
  servers: { url: string }[];
  paths: Record<string, Record<string, ApiOperation>>;
  components: { schemas: Record<string, JsonSchema> };
}

const shared = globalThis as typeof globalThis & { bifrostApiDocument?: () => ApiDocument };

/** Leaves the document for the screens: it hangs on `globalThis`, as what Next bundles is another instance of this module. */
export function publishApiDocument(read: () => ApiDocument): void {
  shared.bifrostApiDocument = read;
}

/** The document of this process's API; null where it serves none (`next dev` alone). */
export function readApiDocument(): ApiDocument | null {
  return shared.bifrostApiDocument?.() ?? null;
}
