"use client";

import { Eye, EyeOff } from "lucide-react";
import { useEffect, useId, useRef, useState, type ReactNode } from "react";
import { pastedLines } from "@/components/patterns/pasted-lines";
import { RelativeTime } from "@/components/patterns/relative-time";
import { Button } from "@/components/ui/button";
import { classNames } from "@/components/ui/class-names";
import { Field } from "@/components/ui/field";
import { IconButton } from "@/components/ui/icon-button";
import { Input } from "@/components/ui/input";
import { Textarea } from "@/components/ui/textarea";

export interface SecretFieldProps {
  label: string;
  /** Submitted under this name; blank keeps what is stored. Clearing submits `${name}__clear` = "1". */
  name: string;
  /** That a value is stored, since when and by whom; null: none is. The value itself never reaches the browser. */
  stored: { at: Date | string; by: string | null } | null;
  id?: string;
  hint?: ReactNode;
  error?: string | readonly string[] | null;
  required?: boolean;
  /** Whether Clear is offered. */
  clearable?: boolean;
  /** The label is read out and not drawn. */
  hideLabel?: boolean;
  /**
   * Several lines: a private key, which a one-line input would rob of its line ends. `pasted`: as soon as several are
   * pasted.
   */
  multiline?: boolean | "pasted";
}

type Mode = "keep" | "replace" | "clear";

/** A secret: that it is set, when and by whom, with Replace and Clear; never a prefilled password box. */
export function SecretField(props: SecretFieldProps) {
  const { label, name, stored, id, hint, error, required, clearable = true, hideLabel, multiline } = props;
  const [mode, setMode] = useState<Mode>("keep");
  const [shown, setShown] = useState(false);
  const [isTall, setTall] = useState(multiline === true);
  const touched = useRef(false);
  /** Pasted lines on their way from the one-line input to the tall one; in no state, as nothing that is typed. */
  const pasted = useRef("");
  const input = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  const replace = useRef<HTMLButtonElement>(null);
  const labelId = useId();

  // Stored anew: what was typed is saved, so the field shows that it is set and nothing else.
  const version = stored ? `${new Date(stored.at).getTime()}` : "";
  const [shownVersion, setShownVersion] = useState(version);
  if (version !== shownVersion) {
    setShownVersion(version);
    setMode("keep");
    setShown(false);
    setTall(multiline === true);
  }

  useEffect(() => {
    // The button just pressed is gone: without this the focus would fall back to the page.
    if (touched.current) (mode === "replace" ? input.current : replace.current)?.focus();
  }, [mode]);

  useEffect(() => {
    if (!isTall || !input.current || pasted.current === "") return;
    input.current.value = pasted.current;
    pasted.current = "";
    input.current.focus();
    // The form looks at its secrets when something is typed.
    input.current.dispatchEvent(new Event("input", { bubbles: true }));
  }, [isTall]);

  function change(next: Mode) {
    touched.current = true;
    setMode(next);
    setTall(multiline === true);
  }

  if (!stored || mode === "replace") {
    return (
      <Field
        label={label}
        id={id}
        hint={stored ? "Leave it blank to keep the stored value." : hint}
        error={error}
        required={required && !stored}
        hideLabel={hideLabel}
      >
        <div className="flex items-center gap-1">
          {isTall ? (
            <Textarea
              ref={input}
              data-secret
              mono
              rows={3}
              name={name}
              autoComplete="off"
              className={shown ? undefined : "[-webkit-text-security:disc]"}
            />
          ) : (
            <Input
              ref={input}
              data-secret
              mono
              name={name}
              type={shown ? "text" : "password"}
              autoComplete="new-password"
              data-1p-ignore
              data-lpignore="true"
              onPaste={(event) => {
                const text = multiline === "pasted" ? pastedLines(event) : null;
                if (text === null) return;
                event.preventDefault();
                pasted.current = text;
                setTall(true);
              }}
            />
          )}
          <IconButton
            label={shown ? "Hide what is typed" : "Show what is typed"}
            icon={shown ? <EyeOff aria-hidden /> : <Eye aria-hidden />}
            onClick={() => setShown(!shown)}
          />
          {stored && (
            <Button variant="ghost" onClick={() => change("keep")}>
              Cancel
            </Button>
          )}
        </div>
      </Field>
    );
  }

  const messages = typeof error === "string" ? [error] : (error ?? []);
  const describedBy =
    classNames(hint ? `${labelId}-description` : "", messages.length > 0 && `${labelId}-error`) || undefined;
  return (
    <div
      role="group"
      id={id}
      aria-labelledby={labelId}
      aria-describedby={describedBy}
      className="flex min-w-0 flex-col gap-1"
    >
      <span id={labelId} className={hideLabel ? "sr-only" : "text-sm font-medium"}>
        {label}
      </span>
      <div className="flex min-h-8 flex-wrap items-center gap-x-3 gap-y-1">
        {mode === "keep" ? (
          <span className="min-w-0 text-muted">
            <span aria-hidden className="font-mono tracking-widest">
              ••••••••
            </span>{" "}
            set <RelativeTime value={stored.at} />
            {stored.by && <> by {stored.by}</>}
          </span>
        ) : (
          <span className="font-medium">Cleared when you save</span>
        )}
        {mode === "clear" && <input type="hidden" name={`${name}__clear`} value="1" />}
        <span className="flex gap-1">
          <Button ref={replace} size="sm" onClick={() => change(mode === "clear" ? "keep" : "replace")}>
            {mode === "clear" ? "Keep" : "Replace"}
            <span className="sr-only"> {label}</span>
          </Button>
          {clearable && mode === "keep" && (
            <Button size="sm" variant="ghost" onClick={() => change("clear")}>
              Clear<span className="sr-only"> {label}</span>
            </Button>
          )}
        </span>
      </div>
      {hint && (
        <p id={`${labelId}-description`} className="text-sm text-muted">
          {hint}
        </p>
      )}
      {messages.length > 0 && (
        <p id={`${labelId}-error`} className="text-sm text-danger">
          {messages.join(" ")}
        </p>
      )}
    </div>
  );
}
