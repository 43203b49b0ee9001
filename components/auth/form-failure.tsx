import { Alert } from "@/components/ui/alert";

export interface FormFailureProps {
  title: string;
  /** Conform's `form.errors`: what is wrong with the form as a whole. */
  errors: readonly string[] | undefined;
}

/** Above a form: why it was refused, where that belongs to no field. */
export function FormFailure({ title, errors }: FormFailureProps) {
  if (!errors || errors.length === 0) return null;
  return (
    <Alert tone="danger" title={title} live>
      {errors.join(" ")}
    </Alert>
  );
}
