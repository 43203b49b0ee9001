"use client";

import { useEffect, useRef } from "react";
import { ButtonLink } from "@/components/ui/button-link";
import { Card } from "@/components/ui/card";
import { CodeBlock } from "@/components/ui/code-block";
import { CopyButton } from "@/components/ui/copy-button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

/** A key that was just made; this is the only time that it is known. */
export interface CreatedKey {
  name: string;
  key: string;
}

export interface CreatedApiKeyProps {
  created: CreatedKey;
  publicUrl: string;
}

/** The key, shown this once, and how a script is given it. */
export function CreatedApiKey({ created, publicUrl }: CreatedApiKeyProps) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const setup = [
    `export BIFROST_URL=${publicUrl}`,
    `export BIFROST_API_KEY=${created.key}`,
    "npm install $BIFROST_URL/sdk/bifrost.tgz",
  ].join("\n");
  return (
    <Card title={`${created.name} is created`} description="Copy the key now. It is shown this once.">
      <div className="flex flex-col gap-4">
        <Field label="API key">
          <div className="flex items-center gap-1">
            <Input ref={field} readOnly mono value={created.key} onFocus={(event) => event.target.select()} />
            <CopyButton value={created.key} label="Copy API key" />
          </div>
        </Field>
        <CodeBlock code={setup} label="shell setup" caption="For a script that uses the SDK" />
        <div>
          <ButtonLink href="/settings/api-keys">Done</ButtonLink>
        </div>
      </div>
    </Card>
  );
}
