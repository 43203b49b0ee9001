import { redirect } from "next/navigation";
import { webContext } from "./context";

/** The start page: the integrations, or the way to them. */
export default async function StartPage() {
  await webContext();
  redirect("/settings/integrations");
}
