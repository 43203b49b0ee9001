import type { Metadata } from "next";
import { connection } from "next/server";
import { ApiReference } from "@/components/api-reference/api-reference";
import { PageHeader } from "@/components/patterns/page-header";
import { readApiDocument } from "@/lib/api-document";

export const metadata: Metadata = { title: "API reference" };

/** Made of the very document that the API describes itself with, for people who are not signed in too. */
export default async function ApiReferencePage() {
  await connection();
  const document = readApiDocument();
  return (
    <main className="mx-auto flex max-w-6xl flex-col gap-6 px-4 py-8 sm:px-6">
      <PageHeader
        title="API reference"
        description={
          <>
            Send an API key as <code className="font-mono">Authorization: Bearer …</code>; people who may
            create them find them under Settings → API keys. Errors are problem details (RFC 9457) with a
            stable code. {/* Not a page of Next. */}
            {/* oxlint-disable-next-line next/no-html-link-for-pages */}
            <a href="/api/v1/openapi.json" className="text-accent underline underline-offset-2">
              OpenAPI document
            </a>
          </>
        }
      />
      {document ? (
        <ApiReference document={document} />
      ) : (
        <p>This process does not serve the API. Open the page on the server that does.</p>
      )}
    </main>
  );
}
