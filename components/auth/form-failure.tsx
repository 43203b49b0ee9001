import { Alert } from "@/components/ui/alert";

export interface FormFailureProps {
  title: string;
  /** What is wrong with the form as a whole. */
  errors: readonly string[];
}

/** Above a form: why it was refused, where that belongs to no field. */
export function FormFailure({ title, errors }: FormFailureProps) {
  if (errors.length === 0) return null;
  return (
    <Alert tone="danger" title={title} live>
      {errors.join(" ")}
    </Alert>
  );
}
