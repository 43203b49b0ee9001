"use client";

import { useRef, useState } from "react";
import { codeSamples, sampleFacts } from "@/components/integrations/code-samples";
import { useIntegrationScreen } from "@/components/integrations/integration-context";
import { connectionFacts } from "@/components/integrations/connection-facts";
import { useNow } from "@/components/patterns/clock";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { CodeBlock } from "@/components/ui/code-block";
import { CopyButton } from "@/components/ui/copy-button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Segmented } from "@/components/ui/segmented";

/** How a script asks for this integration: a key, then the same call in four languages, ready to paste. */
export function UseItPanel() {
  const { view, publicUrl, actions, connection: acts, unsaved } = useIntegrationScreen();
  const [language, setLanguage] = useState("TypeScript");
  const [key, setKey] = useState<string | null>(null);
  const keyInput = useRef<HTMLInputElement>(null);
  const needsConnect = connectionFacts(view, useNow())?.needsConnect ?? false;
  const samples = codeSamples(sampleFacts(view, publicUrl, key));
  const sample = samples.find((each) => each.language === language) ?? samples[0];

  async function createKey() {
    const created = await acts.run("key", () => actions.createKey(view.id));
    if (!created) return;
    setKey(created.value.key);
    // The button just pressed is gone; the key is what comes next.
    requestAnimationFrame(() => keyInput.current?.focus());
  }
  return (
    <Card
      title="Use it"
      description={`Scripts ask for ${view.name} by name and get ${view.oauth ? "a token that works" : "its configuration"}.`}
      actions={
        view.can.edit &&
        key === null && (
          <Button
            variant={needsConnect || unsaved || view.connection?.heldGrant ? "secondary" : "primary"}
            pending={acts.running === "key"}
            onClick={() => void createKey()}
          >
            Create API key
          </Button>
        )
      }
    >
      <div className="flex flex-col gap-4">
        {key && (
          <Field
            label="API key"
            hint="Shown this once. It is filled into the commands below; revoke it under API keys."
          >
            <div className="flex items-center gap-1">
              <Input ref={keyInput} readOnly mono value={key} onFocus={(event) => event.target.select()} />
              <CopyButton value={key} label="Copy API key" />
            </div>
          </Field>
        )}
        <Segmented
          label="Language"
          hideLabel
          name="sample-language"
          value={language}
          onChange={(event) => setLanguage(event.target.value)}
          options={samples.map((each) => ({ value: each.language, label: each.language }))}
        />
        {sample && (
          <div className="flex flex-col gap-2">
            <CodeBlock className="w-full" code={sample.setup} label={`${sample.language} setup`} />
            <CodeBlock className="w-full" code={sample.code} label={`${sample.language} script`} />
            <p className="text-sm text-muted">{sample.how}</p>
          </div>
        )}
      </div>
    </Card>
  );
}
